"""The entry point of ``mitool`` and ``python -m mitool``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; ``--version`` alone answers without loading it."""
    if sys.argv[1:] == ["--version"]:
        from mitool.version import __version__

        print(f"mitool {__version__}")
        return
    try:
        from mitool.cli.app import main as run
        from mitool.cli.standard_streams import stand_in_for_closed_streams

        stand_in_for_closed_streams()
    except KeyboardInterrupt:  # Ctrl-C before anything has begun
        sys.exit(130)  # 128 and the number of SIGINT: nothing is loaded that knows it
    sys.exit(run())


if __name__ == "__main__":
    main()
