"""All benchmarks, each in a process of its own: ``make bench``."""

from __future__ import annotations

import subprocess
import sys

for name in (
    *("neighbors", "growth", "wide", "spectral", "uncertainty", "labels", "layers", "scores"),
    "predictions",
):
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)
