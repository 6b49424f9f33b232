"""The plane of a network beside straightforward NumPy: time a layer, and a whole run.

Run with ``python -m benchmarks.layers``: both in one process, on one thread, in turns; then
``mitool layers`` on 50 epochs of 6 layers. Writes benchmarks/layers.md. The straightforward
scripts stand in this file.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from mitool.measure.settings import Settings
from mitool.networks.activations import Activations
from mitool.networks.companions import labels_from
from mitool.networks.planes import plane_of
from mitool.tables.column import Column

TABLE = Path(__file__).with_suffix(".md")
N_ROWS, N_UNITS, N_LAYERS, N_CLASSES = 5000, 512, 6, 10
TURNS = 3
NOISE = 0.1  # of the mean variance of the units


def activations(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Draw a ReLU layer of 64 inputs, and labels that follow from them."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((N_ROWS, 64))
    labels = (x[:, 0] > 0) * 5 + x[:, 1:6].argmax(axis=1)
    layer = np.maximum(x @ rng.standard_normal((64, N_UNITS)) / 8, 0)
    return layer.astype(np.float32), labels


# Straightforward scripts


def counted(rows: np.ndarray) -> float:
    _, counts = np.unique(rows, axis=0, return_counts=True)
    p = counts / counts.sum()
    return float(-(p @ np.log(p)))


def plain_ebab(t: np.ndarray, labels: np.ndarray, n_bins: int = 30) -> list[float]:
    """I(X;T) and I(T;Y) by bins of equally many distinct values, in nats."""
    levels = np.unique(t)
    levels = levels[levels != 0]
    edges = [0.0, *(levels[k * len(levels) // n_bins] for k in range(n_bins)), levels[-1]]
    cells = np.digitize(t, edges) - 1
    whole = counted(cells)
    within = sum(np.mean(labels == c) * counted(cells[labels == c]) for c in np.unique(labels))
    return [whole, whole - within]


def pairwise(t: np.ndarray, factor: float) -> float:
    squares = (t**2).sum(axis=1)
    exponents = -(squares[:, None] + squares - 2 * t @ t.T) / factor
    largest = exponents.max(axis=1, keepdims=True)
    sums = np.exp(exponents - largest).sum(axis=1)
    return float(-np.mean(np.log(sums) + largest[:, 0] - np.log(len(t))))


def plain_kde(t: np.ndarray, labels: np.ndarray) -> list[float]:
    """I(X;T), upper and lower, and I(T;Y) from the upper bounds, in nats."""
    t = t.astype(np.float64)
    v = NOISE * t.var(axis=0).mean()
    upper, lower = pairwise(t, 2 * v), pairwise(t, 8 * v)
    parts = [(np.mean(labels == c), t[labels == c]) for c in np.unique(labels)]
    return [upper, lower, upper - sum(share * pairwise(part, 2 * v) for share, part in parts)]


# Ours


def plane(t: np.ndarray, labels: np.ndarray, name: str) -> list[float]:
    params = {"noise": NOISE} if name == "kde-bounds" else {}
    made = plane_of(Settings(name, params), with_labels=True, with_inputs=False)
    known = [labels_from("labels", Column("labels", labels.astype(float)), "labels")]
    layer = Activations("fc", 1, "layer 'fc'", t, known)
    found = {quantity.name: quantity for quantity in made.read(layer)}
    kept, told = found["I(X;T)"], found["I(T;Y)"]
    beside = [kept.extras["lower"]] if name == "kde-bounds" else []
    return [kept.value, *beside, told.value]


def seconds(act: Callable[[], list[float]]) -> tuple[float, list[float]]:
    """Give the processor's seconds: others on the machine do not count."""
    start = time.thread_time()
    found = act()
    return time.thread_time() - start, found


def compared() -> list[str]:
    t, labels = activations()
    lines = []
    for name, plain in (("ebab", plain_ebab), ("kde-bounds", plain_kde)):
        plane(t, labels, name)  # compiles
        both = (partial(plane, t, labels, name), partial(plain, t, labels))
        turns = [[seconds(act) for act in both] for _ in range(TURNS)]
        (_, ours), (_, theirs) = turns[0]
        assert np.allclose(ours, theirs, atol=1e-6), (ours, theirs)
        mine, other = (min(turn[side][0] for turn in turns) for side in (0, 1))
        lines.append(f"| {name} | {mine:.3f} | {other:.3f} | {other / mine:.1f} |")
        print(lines[-1], file=sys.stderr)
    return lines


def whole_run(n_epochs: int) -> str:
    """Run the command over epochs of layers; files of different epochs are links to one another."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for at in range(N_LAYERS):
            t, labels = activations(at)
            np.save(root / f"{at}.npy", t)
        np.save(root / "labels.npy", labels)
        for epoch in range(n_epochs):
            (root / "acts" / f"epoch{epoch}").mkdir(parents=True)
            for at in range(N_LAYERS):
                (root / "acts" / f"epoch{epoch}" / f"fc{at}.npy").symlink_to(root / f"{at}.npy")
        words = ["layers", root / "acts", "--labels", root / "labels.npy", "--no-spectra", "-j", 2]
        words += ["-o", root / "o.csv", "--meta", root / "m.json", "-p", f"noise={NOISE}"]
        subprocess.run([sys.executable, "-m", "mitool", *map(str, words)], check=True)
        runtime = json.loads((root / "m.json").read_text())["runtime"]
        n_lines = len((root / "o.csv").read_text().splitlines()) - 1
    return (
        f"{n_epochs} epochs × {N_LAYERS} layers, `ebab` and `kde-bounds`, 2 threads: "
        f"{runtime['seconds']['total']:.0f} s, {runtime['peak_memory_bytes'] / 1e6:.0f} MB at "
        f"most, {n_lines} rows."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=50)
    asked = parser.parse_args()
    lines = [
        "# The information plane of a network",
        "",
        f"`python -m benchmarks.layers --epochs {asked.epochs}`: layers of {N_ROWS} rows × "
        f"{N_UNITS} units of 32 bits, {N_CLASSES} classes. The processor's seconds a layer, least "
        f"of {TURNS} turns, on one thread; the same numbers within 1e-6. Straightforward NumPy "
        "holds matrices of n² numbers for `kde-bounds`.",
        "",
        "| estimator | mitool | NumPy | times |",
        "| --- | ---: | ---: | ---: |",
        *compared(),
        "",
        whole_run(asked.epochs),
    ]
    TABLE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
