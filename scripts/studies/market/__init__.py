"""Prediction markets with hostile participants, and with a hostile provider: docs/market.md."""
