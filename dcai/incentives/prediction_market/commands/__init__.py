"""The commands that come with prediction markets."""
