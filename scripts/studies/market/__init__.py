"""Prediction markets that were held, and attacked by their provider: docs/market.md."""
