"""The entry point of ``mitool`` and ``python -m mitool``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; ``--version`` alone answers without loading it."""
    if sys.argv[1:] == ["--version"]:
        from mitool import __version__

        print(f"mitool {__version__}")
        return
    from mitool.cli.app import main as run

    sys.exit(run())


if __name__ == "__main__":
    main()
