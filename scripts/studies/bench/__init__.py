"""Throughput and speed of simulations, as ratios taken in one run: docs/bench.md and docs/bench-simulation.md."""
