"""What a run leaves behind: a report, charts, pictures, and tables as files."""
