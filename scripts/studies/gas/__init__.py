"""What the contracts cost: gas.json and docs/gas.md."""
