"""Every attack on every incentive: docs/attacks.md."""
