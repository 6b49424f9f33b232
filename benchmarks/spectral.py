"""Kernel and spectral measures beside the straightforward programs: time and peak memory.

Run with ``python -m benchmarks.spectral``: every case in a process of its own, on one thread, in
turns; writes benchmarks/spectral.md. The straightforward programs stand in this file.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

REPEATS = 3
TABLE = Path(__file__).with_suffix(".md")


def points(n: int, d: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d))


def linked(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Three columns x, and two columns y that are two of them with as much noise."""
    x = points(n, 3)
    return x, x[:, :2] + points(n, 2, seed=1)


def variable(values: np.ndarray):
    from mitool.variables import Variable

    names = tuple(f"c{j}" for j in range(values.shape[1]))
    return Variable(names, np.ascontiguousarray(values), ("continuous",) * len(names))


# The straightforward programs


def dense_dse(x: np.ndarray, bandwidth: float) -> float:
    """Degrees as a diagonal matrix: two products of matrices, five arrays of n²."""
    norms = np.einsum("ij,ij->i", x, x)
    squares = np.maximum(norms[:, None] + norms[None, :] - 2 * x @ x.T, 0)
    gram = np.exp(-squares / (2 * bandwidth**2))
    inverse = np.diag(gram.sum(axis=1) ** -0.5)
    operator = inverse @ gram @ inverse
    values = np.abs(np.linalg.eigvalsh(operator))
    p = values / values.sum()
    return float(-np.sum(p * np.log(p + 2.2e-16)))


def blocked_csqmi(x: np.ndarray, y: np.ndarray, bandwidth: float, block: int = 512) -> float:
    """All n² pairs, a block of rows at a time, squared distances by a product."""

    def kernel(u: np.ndarray, rows: slice) -> np.ndarray:
        norms = np.einsum("ij,ij->i", u, u)
        squares = norms[rows, None] + norms[None, :] - 2 * u[rows] @ u.T
        return np.exp(np.maximum(squares, 0) / (-2 * bandwidth**2))

    n = len(x)
    r, c, both = np.empty(n), np.empty(n), 0.0
    for start in range(0, n, block):
        rows = slice(start, min(start + block, n))
        k, q = kernel(x, rows), kernel(y, rows)
        r[rows], c[rows] = k.sum(axis=1), q.sum(axis=1)
        both += float(np.sum(k * q))
    return float(np.log(both / n**2 * (r.sum() * c.sum() / n**4) / (r @ c / n**3) ** 2))


# The cases: name -> (group, what it does, function of nothing that gives a value and a bound)


def _dse(n: int, d: int, **parameters):
    from mitool.estimators.dse import DSE

    estimator = DSE(bandwidth=1.0, **parameters)
    found = estimator.entropy(estimator.prepare(variable(points(n, d))))
    return found.mi, found.error_bound


def _csqmi(n: int, bandwidth: float, **parameters):
    from mitool.estimators.csqmi import CSQMI

    found = CSQMI(bandwidth=bandwidth, **parameters)(*map(variable, linked(n)))
    return found.mi, found.error_bound


def _copies(copies: int):
    from mitool.estimators.dse import DSE

    estimator = DSE(bandwidth=1.0, exact=True)
    x = np.tile(points(1000, 3), (copies, 1))
    return estimator.entropy(estimator.prepare(variable(x))).mi, None


CASES: dict[str, tuple[str, Callable[[], tuple[float, float | None]]]] = {
    "DSE n=2000 d=3, straightforward": (
        "two products and five n² arrays",
        lambda: (dense_dse(points(2000, 3), 1.0), None),
    ),
    "DSE n=2000 d=3, exact": ("-p exact=true", lambda: _dse(2000, 3, exact=True)),
    "DSE n=2000 d=3, default": ("certified to 1e-6", lambda: _dse(2000, 3)),
    "DSE n=2000 d=3, exact, 20 times t": (
        "one spectrum",
        lambda: _dse(2000, 3, exact=True, t=tuple(float(t) for t in range(1, 21))),
    ),
    "DSE 1,000 rows d=3, exact": ("", lambda: _copies(1)),
    "DSE 10 copies of them, exact": ("copies merged", lambda: _copies(10)),
    "CS-QMI n=20,000 d=3+2, straightforward": (
        "blocks of 512 rows by all rows",
        lambda: (blocked_csqmi(*linked(20_000), 3.0), None),
    ),
    "CS-QMI n=20,000 d=3+2, exact": ("-p exact=true", lambda: _csqmi(20_000, 3.0, exact=True)),
    "CS-QMI n=20,000 d=3+2, default": ("certified to 1e-6", lambda: _csqmi(20_000, 3.0)),
    "CS-QMI n=100,000 d=3+2, default": ("certified to 1e-6", lambda: _csqmi(100_000, 3.0)),
    "CS-QMI n=1,000,000 d=3+2, default": ("certified to 1e-6", lambda: _csqmi(1_000_000, 3.0)),
}


def _peak() -> float:
    """Peak memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def measure(name: str) -> None:
    """Time one case here, after one run of it on few rows' worth of imports; print as JSON."""
    _dse(600, 3, exact=True), _csqmi(7000, 3.0, exact=True), _dse(300, 2)  # imports, compiling
    data = 40.0 if "1,000,000" in name else 0.0  # MB of the data itself, which the peak includes
    before, start = _peak(), time.process_time()
    value, bound = CASES[name][1]()
    seconds = time.process_time() - start
    record = {"value": value, "bound": bound, "seconds": seconds, "mb": _peak() - before - data}
    print(json.dumps(record))


def run(name: str) -> dict[str, float | None]:
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "benchmarks.spectral", name]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main() -> None:
    runs: dict[str, list[dict[str, float | None]]] = {name: [] for name in CASES}
    for _ in range(REPEATS):
        for name in CASES:
            runs[name].append(run(name))
    lines = [
        "# Kernel and spectral measures beside the straightforward programs",
        "",
        "`python -m benchmarks.spectral`: one thread, each case in its own process, in turns.",
        f"CPU seconds, median of {REPEATS}; memory is the peak above the interpreter with",
        "everything imported and the data loaded.",
        "Kernels of width 1 (DSE) and 3 (CS-QMI) on standard normal columns; values in nats.",
        "",
        "| case | | CPU seconds | peak MB | value | error ≤ |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for name, found in runs.items():
        seconds = float(np.median([r["seconds"] for r in found]))
        mb = max(r["mb"] for r in found)
        bound = found[0]["bound"]
        shown = "" if bound is None else f"{bound:.1e}"
        lines.append(
            f"| {name} | {CASES[name][0]} | {seconds:.2f} | {mb:.0f} "
            f"| {found[0]['value']:.9f} | {shown} |"
        )
    TABLE.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    measure(sys.argv[1]) if len(sys.argv) > 1 else main()
