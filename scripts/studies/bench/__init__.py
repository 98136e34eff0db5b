"""Throughput, as ratios taken in one run: docs/bench.md and docs/bench-simulation.md."""
