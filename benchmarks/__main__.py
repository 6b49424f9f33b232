"""All benchmarks, each in a process of its own: ``make bench``.

``make bench BENCH="--before CHECKOUT"`` shows mitool as it was in an older checkout beside.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from benchmarks.checkouts import add_before

BEFORE_AND_AFTER = ("neighbors", "commands", "wide")
NOW = ("growth", "spectral", "uncertainty", "labels", "layers", "scores", "predictions")

parser = argparse.ArgumentParser(description=__doc__)
add_before(parser)
before = parser.parse_args().before
more = ["--before", str(before)] if before else []
for name in (*BEFORE_AND_AFTER, *NOW):
    options = more if name in BEFORE_AND_AFTER else []
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *options], check=True)
