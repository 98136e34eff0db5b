"""The gas of every call: gas.json and docs/gas.md."""
