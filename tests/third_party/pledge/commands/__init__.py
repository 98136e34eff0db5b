"""The command that comes with pledges."""
