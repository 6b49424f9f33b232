"""Nearest neighbours and matrices of pairs beside other programs: time, memory, agreement.

Run with ``python -m benchmarks.neighbors``; writes benchmarks/README.md and benchmarks/ksg.svg.
All programs of a case get the same arrays, in one process, on one thread, in turns; with
``--before CHECKOUT`` mitool as it was stands beside them, in turns as well. With ``--at-once N``
that many cases run beside each other; ``--only WORDS`` prints some of them and writes nothing.
"""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.cases import (
    HEADING,
    Case,
    Programs,
    Result,
    apart,
    circumstances,
    lines_of,
    options,
    results,
)
from benchmarks.matrices import MATRICES, matrix_of_numbers
from benchmarks.measuring import peak_above, two_by_cpu, wall
from benchmarks.programs import (
    MILCA,
    TRUTH,
    bare_ksg,
    by_scipy_trees,
    by_sklearn_trees,
    correlated,
    hard,
    milca,
    mitool_ksg,
    of_ennemi,
    of_npeet,
    of_sklearn,
    variable,
)

HERE = Path(__file__).parent
N_PERMUTATIONS = 1000
TURNS = 15  # of one thread and two


# The cases


def one_by_one(x: np.ndarray, y: np.ndarray) -> Programs:
    return {
        "mitool": lambda: mitool_ksg(x, y),
        "mitool, estimator alone": lambda: bare_ksg(x, y),
        "scikit-learn": lambda: of_sklearn(x, y),
        "ennemi": lambda: of_ennemi(x, y),
        "npeet-plus": lambda: of_npeet(x, y),
        **({"MILCA": milca(x, y)} if MILCA in os.environ else {}),
    }


def two_by_two() -> Programs:
    x, y = correlated(100_000, 2)
    return {
        "mitool": lambda: mitool_ksg(x, y),
        "scikit-learn KDTree": lambda: by_sklearn_trees(x, y),
        "scipy cKDTree": lambda: by_scipy_trees(x, y),
    }


def many_by_many(d: int, n: int = 10_000) -> Programs:
    x, y = correlated(n, d)
    return {
        "mitool": lambda: mitool_ksg(x, y, 4),
        "mitool, estimator alone": lambda: bare_ksg(x, y, 4),
        "npeet-plus": lambda: of_npeet(x, y, 4),
    }


def conditional() -> Programs:
    x, y = correlated(10_000)
    z = x + y + np.random.default_rng(3).standard_normal(x.shape)
    z /= z.std()
    return {
        "mitool": lambda: mitool_ksg(x, y, given=z),
        "ennemi": lambda: of_ennemi(x, y, z=z),
        "npeet-plus": lambda: of_npeet(x, y, z=z),
    }


def permutations() -> Programs:
    """Null values of 1000 permutations, negative ones as 0, which is how scikit-learn has them."""
    from mitool.estimators.ksg import KSG

    x, y = correlated(1000)

    def mitool_null() -> np.ndarray:
        rng, ksg = np.random.default_rng(1), KSG(3)
        first, second = ksg.prepare(variable(x)), ksg.prepare(variable(y))
        shuffles = (rng.permutation(len(y)) for _ in range(N_PERMUTATIONS))
        null = [mi for (mi,) in ksg.permuted(first, second, shuffles)]
        return np.maximum(null, 0)

    def sklearn_null() -> np.ndarray:
        rng = np.random.default_rng(1)
        shuffles = (rng.permutation(len(y)) for _ in range(N_PERMUTATIONS))
        return np.array([of_sklearn(x, y[rows]) for rows in shuffles])

    return {"mitool": mitool_null, "scikit-learn": sklearn_null}


CASES = [
    *(
        Case(
            "1\\|1, k = 3",
            f"n = {n:,}",
            lambda n=n: one_by_one(*correlated(n)),
            repeats,
            TRUTH,
            weight=n,
        )
        for n, repeats in ((1000, 25), (10_000, 9), (100_000, 5), (1_000_000, 5))
    ),
    *(
        Case(f"{name}, k = 3", "n = 10,000", lambda name=name: one_by_one(*hard(name)), 9)
        for name in ("Cauchy", "lognormal(4)", "20 clusters")
    ),
    Case("2\\|2, k = 3", "n = 100,000", two_by_two, 3, 2 * TRUTH),
    *(
        Case(f"{d}\\|{d}, k = 4", "n = 1,000", lambda d=d: many_by_many(d, 1000), 9, d * TRUTH)
        for d in (2, 5, 10, 50)
    ),
    Case("5\\|5, k = 4", "n = 10,000", lambda: many_by_many(5), 3, 5 * TRUTH),
    Case("10\\|10, k = 4", "n = 10,000", lambda: many_by_many(10), 3, 10 * TRUTH),
    Case("conditional 1\\|1\\|1, k = 3", "n = 10,000", conditional),
    Case("1000 permutations", "n = 1,000", permutations, 3),
    *MATRICES,
]


# Memory and threads, in processes of their own


def memory() -> None:
    """Peak of an estimate of 10⁶ rows above the same process after imports and warm-up."""
    for n in (10_000, 40_000):
        mitool_ksg(*correlated(n)), bare_ksg(*correlated(n))
    x, y = correlated(1_000_000)
    found = {"mitool": peak_above(lambda: mitool_ksg(x, y))}
    found["mitool, estimator alone"] = peak_above(lambda: bare_ksg(x, y))
    print(json.dumps(found))


def one_against_two(program: Callable[[int], object]) -> tuple[float, float, float]:
    """Give the ratio by the clock, its median and upper quartile over turns, and by CPU time."""
    program(2)
    turns = [[wall(lambda n=n: program(n)) for n in (1, 2)] for _ in range(TURNS)]
    middle, upper = np.quantile([one / two for one, two in turns], (0.5, 0.75))
    return float(middle), float(upper), two_by_cpu(lambda: program(1), lambda: program(2))


def threads() -> None:
    """Wall-clock ratio of one thread to two, by turns."""
    work = {f"1\\|1, n = {n:,}": correlated(n) for n in (100_000, 1_000_000)}
    work["2\\|2, n = 100,000"] = correlated(100_000, 2)
    found = {}
    for name, (x, y) in work.items():
        found[name] = one_against_two(lambda n, x=x, y=y: mitool_ksg(x, y, n_jobs=n))
    found["matrix of 780 pairs, n = 1,000"] = one_against_two(matrix_of_numbers)
    for n_rows in (1000, 10_000):
        x, y = correlated(n_rows)
        found[f"interval of `ksg`, n = {n_rows:,}"] = one_against_two(
            lambda n, x=x, y=y: mitool_ksg(x, y, n_jobs=n, interval=0.95)
        )
    print(json.dumps(found))


EXTRAS = {"memory": memory, "threads": threads}


def extra(what: str) -> Any:
    return apart([sys.executable, "-m", "benchmarks.neighbors", what])


# What is written


def table(found: Sequence[Result], asked: Namespace) -> list[str]:
    peers = ", ".join(
        f"{name} {version(name)}" for name in ("scikit-learn", "scipy", "ennemi", "npeet-plus")
    )
    return [
        "# Speed beside other programs",
        "",
        "`make bench` writes this page. CPU seconds of the process on one thread, medians of",
        "repeats taken in turns; all programs get the same arrays, and no transform is applied.",
        f"{peers}.",
        *about_milca(),
        *circumstances(asked),
        "",
        "- *times mitool*: how many times as long as `mitool.estimate` of the same turn, which",
        "  also checks the data; *before* is beside the same program as it is now,",
        "- *difference*: largest distance from mitool, of *before* from now; scikit-learn and",
        "  ennemi add noise, and the digamma of ennemi is an approximation,",
        "- *error*: distance from the exact value, where it is known.",
        "",
        *HEADING,
        *(line for case, runs in found for line in lines_of(case, runs)),
        "",
        "![CPU seconds against the number of rows](ksg.svg)",
    ]


def about_milca() -> list[str]:
    if MILCA not in os.environ:
        return [
            f"MILCA was not there: the environment variable `{MILCA}` names its library, which is",
            "`miutils.C` of [the source that its authors publish][milca], compiled.",
            "",
            "[milca]: https://github.com/nordavinden/Mutual-Information-ICA",
            "",
        ]
    return [
        "MILCA is the program of Kraskov, Stögbauer & Grassberger in C++, compiled here from",
        "[its source](https://github.com/nordavinden/Mutual-Information-ICA) and called in this",
        "process: its function alone, whose columns were scaled beforehand.",
    ]


WHY_NOT_TWO = (
    "Of 22 ms at n = 100,000 the calling thread spends 4.4 itself: 2.3 to cut the strips, which",
    "takes one row after the other, .7 to tally the counts, the rest to take the arrays, to check",
    "them and to hand out slices. An interval at n = 1,000 makes 74 estimates of .11 ms, of which",
    ".03 are compiled, and the interpreter is for one thread at a time: two that took turns at it",
    "needed 1.1 to 3 times as long as one, so one makes what takes less than 5 ms. Pairs of a",
    "matrix are the same: where it lasts for seconds, one thread is tried, and kept if sooner.",
)


def extra_tables(peaks: Mapping[str, float], speedups: Mapping[str, Sequence[float]]) -> list[str]:
    return [
        "",
        "## Memory",
        "",
        "Peak of `ksg` at 10⁶ rows above the same process after imports and warm-up (the two",
        "columns themselves take 16 MB, which are not in it):",
        "",
        *(f"- {name}: {mb:.0f} MB" for name, mb in peaks.items()),
        "",
        "## Two threads",
        "",
        f"Wall-clock time on one thread over that on two, median and upper quartile of {TURNS}",
        "turns, which other work on the machine lowers; *by CPU time*: that of two cores without",
        "other work, which wait for what the calling thread spends itself and share the rest.",
        "",
        "| work | ratio | upper quartile | by CPU time |",
        "| --- | ---: | ---: | ---: |",
        *(
            f"| {name} | {middle:.2f} | {upper:.2f} | {by_cpu:.2f} |"
            for name, (middle, upper, by_cpu) in speedups.items()
        ),
        "",
        *WHY_NOT_TWO,
        "",
        "[Whole commands](commands.md), first runs among them, [growth](growth.md) with the number",
        "of rows and of columns, [wide tables](wide.md), [intervals and tests](uncertainty.md),",
        "[columns beside labels](labels.md), [kernel and spectral measures](spectral.md) and",
        "[streaming](streaming.md) have pages of their own.",
    ]


def draw(found: Sequence[Result]) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "mitool"
    from matplotlib import pyplot as plt

    curves = [(case, runs) for case, runs in found if case.group.startswith("1\\|1")]
    sizes = [int(case.name[4:].replace(",", "")) for case, _ in curves]
    figure, axes = plt.subplots(figsize=(8, 4), layout="constrained")
    for program in curves[0][1]:
        seconds = [runs[program].seconds for _, runs in curves]
        style = "-" if program.startswith("mitool") else "--"
        axes.loglog(sizes, seconds, style, marker="o", label=program)
    axes.set(xlabel="rows", ylabel="CPU seconds", title="KSG of two columns, k = 3, one thread")
    axes.grid(alpha=0.3)
    axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0))
    figure.savefig(HERE / "ksg.svg", metadata={"Date": None})


def main() -> None:
    asked = options(__doc__).parse_args()
    found = results("neighbors", CASES, asked)
    if not asked.only:
        page = table(found, asked) + extra_tables(*map(extra, EXTRAS))
        (HERE / "README.md").write_text("\n".join(page) + "\n")
        draw(found)


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in EXTRAS:
        EXTRAS[sys.argv[1]]()
    else:
        main()
