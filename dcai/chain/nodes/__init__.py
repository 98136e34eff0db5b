"""What is behind a chain: a local anvil, the embedded py-evm, or a node at a URL."""
