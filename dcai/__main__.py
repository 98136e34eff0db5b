"""The command line, as `python -m dcai`."""

from dcai.cli import main

main()
