"""What makes the figures of the docs: one package for each page."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""
