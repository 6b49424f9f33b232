"""Bounds of scores in a file beside one pass of logsumexp, and merging of many levels.

    python -m benchmarks.scores

Each program runs in a process of its own; seconds are of its processor, memory is the peak above
what its imports took. ``python -m benchmarks`` writes scores.md.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.measuring import ONE_THREAD, machine

SIZES = (2500, 5000, 10_000, 20_000)
LEVELS = (2500, 5000, 10_000)
CLASSES = 10
PASS = """
scores = np.load(path, mmap_mode="r")
for start in range(0, len(scores), 16):
    rows = np.array(scores[start : start + 16])
    top = rows.max(axis=1, keepdims=True)
    np.log(np.exp(rows - top).sum(axis=1)) + top[:, 0]
"""
BOUNDS = """
open_scores([path], gaussian=False, embeddings=False).answer(ScoreQuestion(BoundRequest()))
"""
MERGING = """
merged_levels(np.load(path), 5, np.inf)
"""
MEASURE = """
import json, sys, time
import numpy as np
from benchmarks.measuring import peak_above
from mitool.kernels.counts.agglomeration import merged_levels
from mitool.kernels.counts import agglomeration_loops
from mitool.models.measured_bounds import BoundRequest
from mitool.models.score_files import open_scores
from mitool.models.score_question import ScoreQuestion
import scipy.special
path, code = sys.argv[1:]
merged_levels(np.full((3, 2), 1 / 6), 1, 1.0)
def run():
    global seconds
    start = time.process_time()
    exec(code, globals())
    seconds = time.process_time() - start
memory = peak_above(run)
print(json.dumps([seconds, memory]))
"""


def measured(path: Path, code: str) -> tuple[float, float]:
    """Seconds and MB of one run."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path), code],
        env={**os.environ, **ONE_THREAD},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, memory = json.loads(done.stdout)
    return seconds, memory


def save_scores(path: Path, n: int) -> None:
    """Write n × n scores, a thousand rows at a time."""
    rng = np.random.default_rng(n)
    stored = np.lib.format.open_memmap(path, "w+", np.float64, (n, n))
    for start in range(0, n, 1000):
        stored[start : start + 1000] = rng.standard_normal(stored[start : start + 1000].shape)
    stored[np.arange(n), np.arange(n)] += 3.0
    stored.flush()


def main() -> None:
    lines = [
        "# Bounds from scores, and merging of levels\n",
        f"Made by `python -m benchmarks.scores` on {machine()}; one thread, processor seconds, "
        "float64 scores in a file.\n",
        "| contexts | one pass of logsumexp | `bounds`, with intervals | ratio | MB |",
        "| --- | --- | --- | --- | --- |",
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "array.npy"
        for n in SIZES:
            save_scores(path, n)
            once, bounds = measured(path, PASS), measured(path, BOUNDS)
            lines.append(
                f"| {n} | {once[0]:.2f} s | {bounds[0]:.2f} s | {bounds[0] / once[0]:.1f} | "
                f"{bounds[1]:.0f} |"
            )
        lines += ["", f"| levels, {CLASSES} classes | merged to 5 | MB |", "| --- | --- | --- |"]
        for n in LEVELS:
            rng = np.random.default_rng(n)
            joint = rng.dirichlet(np.ones(CLASSES), n) * rng.dirichlet(np.ones(n))[:, None]
            np.save(path, joint)
            seconds, memory = measured(path, MERGING)
            lines.append(f"| {n} | {seconds:.1f} s | {memory:.0f} |")
    Path(__file__).with_suffix(".md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
