"""The command line: `dcai`, or `python -m dcai`."""

import sys


def main() -> None:
    """Run the command line; what it needs takes a while to import, and Ctrl-C may come in between."""
    try:
        from dcai.cli import main as run
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
