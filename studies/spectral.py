"""The experiments of the papers on diffusion spectral and Cauchy-Schwarz measures, done again.

Run with ``python -m studies.spectral``: about three minutes on one core; writes
studies/spectral.md. All data are made here from the seeds that stand beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log, sqrt
from pathlib import Path

import numpy as np
from sklearn.datasets import make_blobs

from mitool.estimators.csqmi import CSQMI
from mitool.estimators.dse import DSE
from mitool.estimators.dsmi import DSMI
from mitool.variables import Variable
from mitool.variables.transforms import transform

BITS = log(2.0)
TABLE = Path(__file__).with_suffix(".md")
TIMES = (1.0, 2.0, 3.0, 5.0)

Row = list[str | float]


def variable(values: np.ndarray, kind: str = "continuous") -> Variable:
    matrix = np.asarray(values, dtype=np.float64)
    matrix = np.ascontiguousarray(matrix.reshape(len(matrix), -1))
    names = tuple(f"c{j}" for j in range(matrix.shape[1]))
    return Variable(names, matrix, (kind,) * len(names))


def labels(values: np.ndarray) -> Variable:
    return variable(values, "discrete")


def in_bits(found) -> list[float]:
    """The value at all times, in bits."""
    further = [value for name, value in found.extras.items() if name.startswith("t=")]
    return [value / BITS for value in (found.mi, *further)]


def dse(values: np.ndarray, **parameters) -> list[float]:
    estimator = DSE(**parameters)
    return in_bits(estimator.entropy(estimator.prepare(variable(values))))


def corrupted(y: np.ndarray, ratio: float, seed: int = 1) -> np.ndarray:
    """Permute the labels within a random share of the rows."""
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(y), round(ratio * len(y)), replace=False)
    found = y.copy()
    found[chosen] = y[rng.permutation(chosen)]
    return found


# Data


def embedded(d: int, noise: float, law: str, n: int = 500, n_dims: int = 2048) -> np.ndarray:
    """Draw d random columns among constant ones, and noise on all."""
    rng = np.random.default_rng(0)
    x = np.ones((n, n_dims))
    shape = (n, d)
    x[:, :d] = rng.uniform(-1, 1, shape) if law == "uniform" else rng.normal(size=shape)
    return x + noise * rng.uniform(-1, 1, x.shape)


def tree(n_branches: int, n_dims: int = 20, length: int = 100) -> tuple[np.ndarray, np.ndarray]:
    """Branches as sums of uniform steps, each from a random point of the first; 1 % noise."""
    rng = np.random.default_rng(0)
    first = np.cumsum(rng.uniform(-1, 1, (length, n_dims)), axis=0)
    branches = [first]
    for _ in range(n_branches - 1):
        start = first[rng.integers(length)]
        branches.append(start + np.cumsum(rng.uniform(-1, 1, (length, n_dims)), axis=0))
    x = np.vstack(branches)
    return x + rng.normal(0, 0.01, x.shape), np.repeat(np.arange(n_branches), length)


# Experiments: each yields the rows of its table


def dimension(dims: Sequence[int] = (102, 512, 1024)) -> Iterator[Row]:
    """DSE against intrinsic dimension and noise."""
    for law in ("uniform", "normal"):
        for d in dims:
            for noise in (0.01, 0.1, 0.5):
                found = dse(embedded(d, noise, law), bandwidth=10.0, t=TIMES, exact=True)
                yield [law, d, f"{noise:.0%}", *found]


def corruption_on_trees(branches: Sequence[int] = (2, 5, 10)) -> Iterator[Row]:
    """DSMI between the points of a tree and the branch they lie on."""
    for n_branches in branches:
        x, y = tree(n_branches)
        estimator = DSMI(bandwidth=10.0, t=TIMES)
        first = estimator.prepare(variable(x))
        for ratio in (0.0, 0.25, 0.5, 1.0):
            found = estimator.join(first, estimator.prepare(labels(corrupted(y, ratio))))
            yield [n_branches, ratio, *in_bits(found)]


def corruption_on_blobs(dims: Sequence[int] = (20, 100), n: int = 5000) -> Iterator[Row]:
    """DSMI between points of three blobs and their labels; width √d."""
    for d in dims:
        x, y = make_blobs(n, n_features=d, centers=3, random_state=0)
        estimator = DSMI(bandwidth=sqrt(d))
        first = estimator.prepare(variable(x))
        for ratio in (0.0, 0.2, 0.5, 1.0):
            found = estimator.join(first, estimator.prepare(labels(corrupted(y, ratio))))
            yield [d, ratio, found.mi / BITS, found.extras["draws_se"] / BITS]


def clusters(n: int = 900, d: int = 20) -> Iterator[Row]:
    """DSE of three far blobs and of one: at late times it counts the clusters."""
    for centers in (3, 1):
        x, _ = make_blobs(n, n_features=d, centers=centers, center_box=(-30, 30), random_state=0)
        yield [centers, *dse(x, bandwidth=sqrt(d), t=(1.0, 10.0, 100.0), exact=True)]


def correlation(n: int = 4000, bandwidth: float = 0.3) -> Iterator[Row]:
    """CS-QMI, HSIC and Shannon's MI of Gaussian pairs, in nats, and the closed forms."""
    rng = np.random.default_rng(0)
    x, e = rng.normal(size=(2, n))
    for rho in (0.3, 0.6, 0.9, 0.99):
        y = rho * x + sqrt(1 - rho**2) * e
        found = CSQMI(bandwidth=bandwidth)(variable(x), variable(y))
        r = rho / (1 + bandwidth**2 / 2)
        population = log(1 - r * r / 4) - log(1 - r * r) / 2
        shannon = -log(1 - rho**2) / 2
        unbiased, hsic = found.extras["u_statistic"], found.facts["hsic"]
        yield [rho, found.mi, unbiased, population, hsic, shannon]


def width(n: int = 2000, rho: float = 0.8) -> Iterator[Row]:
    """CS-QMI of one Gaussian pair at several widths, in nats; it has no value without a width."""
    rng = np.random.default_rng(0)
    x, e = rng.normal(size=(2, n))
    y = rho * x + sqrt(1 - rho**2) * e
    for bandwidth in (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, "median", "silverman"):
        found = CSQMI(bandwidth=bandwidth)(variable(x), variable(y))
        label = bandwidth if isinstance(bandwidth, str) else f"{bandwidth:g}"
        normalized = found.facts["normalized"]
        yield [label, found.facts["bandwidth_x"], found.mi, found.extras["u_statistic"], normalized]


def defaults(n: int = 600, n_permutations: int = 20) -> Iterator[Row]:
    """Does DSMI tell true labels from permuted ones? Distance in standard deviations of the null.

    On the same blobs in other units: the authors' width 10 on raw data, and the defaults here
    (standardised columns, median width).
    """
    rng = np.random.default_rng(0)
    for d in (2, 20, 100):
        x, y = make_blobs(n, n_features=d, centers=3, random_state=0, cluster_std=3.0)
        for unit in (0.01, 1.0, 100.0):
            row: Row = [d, f"{unit:g}"]
            for how, bandwidth in (("none", 10.0), ("standard", "median")):
                estimator = DSMI(bandwidth=bandwidth)
                ready = estimator.prepare(transform(variable(unit * x), how))
                target = estimator.prepare(labels(y))
                value = estimator.join(ready, target).mi
                null = [
                    estimator.join(ready, target.permute(rng.permutation(n))).mi
                    for _ in range(n_permutations)
                ]
                spread = float(np.std(null))
                row += [value / BITS, (value - np.mean(null)) / spread if spread else 0.0]
            yield row


def subsets(n: int = 8000, n_repeats: int = 10) -> Iterator[Row]:
    """What a random subset costs: mean and standard deviation over subsets, in nats."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, 3))
    y = x[:, :2] + rng.normal(size=(n, 2))
    for size in (250, 500, 1000, 2000, n):
        row: Row = [size]
        draws = [rng.choice(n, size, replace=False) for _ in range(n_repeats if size < n else 1)]
        entropies = [DSE(bandwidth=2.0, t=2.0) for _ in draws]
        found = [
            [
                e.entropy(e.prepare(variable(x[rows]))).mi
                for e, rows in zip(entropies, draws, strict=True)
            ],
            [
                CSQMI(bandwidth=1.0, unbiased=True)(variable(x[rows]), variable(y[rows])).mi
                for rows in draws
            ],
        ]
        for values in found:
            row += [float(np.mean(values)), float(np.std(values))]
        yield row


SECTIONS = (
    (
        "Diffusion spectral entropy against dimension and noise",
        "500 points in 2,048 dimensions, d of them random, width 10, in bits; the ceiling is "
        "log2 500 = 8.97. Published figure, read by eye, and a run of the authors' program: "
        "uniform d = 102 at t = 1: 2.97, 3.55, 8.33; d = 512 at t = 2: 0.63, 0.71, 6.38; normal "
        "d = 102 at t = 1: 6.18, 6.43, 8.69. It rises with dimension; a later t shifts the rise "
        "and forgets small noise, not 50 %.",
        ("law", "d", "noise", "t=1", "t=2", "t=3", "t=5"),
        dimension,
    ),
    (
        "DSMI under corrupted labels: trees",
        "Branches of 100 points in 20 dimensions, width 10, in bits. Authors' program on their "
        "data: 0.746, 1.756, 2.412 at t = 1 for 2, 5 and 10 branches and true labels; 0.21, 0.58, "
        "0.86 at 25 %; about 0 at 100 %. Published plots: 0.75, 1.75, 2.4.",
        ("branches", "corrupted", "t=1", "t=2", "t=3", "t=5"),
        corruption_on_trees,
    ),
    (
        "DSMI under corrupted labels: blobs",
        "Three blobs of 5,000 points, width √d, t = 1, in bits. Published: about 1.31 at d = 20, "
        "1.03 at d = 100 for true labels (seed unpublished), falling to 0.",
        ("d", "corrupted", "DSMI", "s.e. of the draws"),
        corruption_on_blobs,
    ),
    (
        "Three clusters against one",
        "900 points in 20 dimensions, centres within ±30, width √20, DSE in bits. Authors' "
        "program on its data: 1.75 against 0.16 at t = 10, 1.585 = log2 3 against 0 at t = 100.",
        ("clusters", "t=1", "t=10", "t=100"),
        clusters,
    ),
    (
        "CS-QMI, HSIC and Shannon's MI",
        "Gaussian pairs, n = 4,000, width 0.3, in nats (HSIC has no unit). Authors' program on its "
        "data: CS-QMI 0.027, 0.134, 0.466, 0.897; HSIC 0.0012, 0.0067, 0.032, 0.079. All rise "
        "with the correlation; neither is Shannon's.",
        ("ρ", "CS-QMI", "unbiased", "closed form", "HSIC", "Shannon"),
        correlation,
    ),
    (
        "CS-QMI against width",
        "A Gaussian pair, ρ = 0.8, n = 2,000, in nats.",
        ("rule", "width", "CS-QMI", "unbiased", "normalized"),
        width,
    ),
    (
        "Why columns are standardised and the width is the median",
        "Three blobs, 600 points, in units 0.01, 1 and 100: DSMI in bits, and how far true labels "
        "lie from 20 permutations of them, in their standard deviations. With width 10 on raw "
        "data the value is that of the unit as much as of the labels, and can vanish; the "
        "defaults do not know the unit.",
        ("d", "unit", "width 10, raw", "distance", "defaults", "distance"),
        defaults,
    ),
    (
        "What a random subset costs",
        "Of 8,000 rows (x three columns, y two of them with noise), 10 subsets of each size: mean "
        "and standard deviation in nats; DSE at width 2, t = 2, unbiased CS-QMI at width 1.",
        ("rows", "DSE", "s.d.", "CS-QMI", "s.d."),
        subsets,
    ),
)


def _cell(value: str | float) -> str:
    if isinstance(value, str | int):
        return str(value)
    return f"{value:.3f}" if abs(value) < 100 else f"{value:.0f}"


def main() -> None:
    lines = ["# Diffusion spectral and Cauchy-Schwarz measures: the papers' experiments", ""]
    lines += ["`python -m studies.spectral`; seeds stand in the script. ", ""]
    for title, text, header, experiment in SECTIONS:
        lines += [f"## {title}", "", text, "", "| " + " | ".join(header) + " |"]
        lines += ["|" + " ---: |" * len(header)]
        lines += ["| " + " | ".join(map(_cell, row)) + " |" for row in experiment()]
        lines += [""]
        print("\n".join(lines[-20:]))
    TABLE.write_text("\n".join(lines))


if __name__ == "__main__":
    main()
