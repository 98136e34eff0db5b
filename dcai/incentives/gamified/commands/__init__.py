"""The command that comes with Gamified."""
