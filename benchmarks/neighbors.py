"""Nearest neighbours and matrices of pairs beside other programs: time, memory, agreement.

Run with ``python -m benchmarks.neighbors``; writes benchmarks/README.md and benchmarks/ksg.svg.
All programs of a case get the same arrays, in one process, on one thread, in turns. With
``--at-once=N`` that many cases run beside each other, the longest first.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import version
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.measuring import (
    ONE_THREAD,
    Run,
    in_turns,
    machine,
    peak_above,
    two_by_cpu,
    wall,
)

HERE = Path(__file__).parent
RHO = 0.6
TRUTH = -0.5 * np.log(1 - RHO**2)
N_PERMUTATIONS = 1000
TURNS = 15  # of one thread and two
N_PAIRS_OF_LABELS = 100  # of 44,850: what the slower program is timed on

Programs = Mapping[str, Callable[[], object]]


@dataclass(frozen=True)
class Case:
    """One piece of work; ``truth`` is its exact value, ``scale`` what a program's time is times.

    Cases of larger ``weight`` begin earlier.
    """

    group: str
    name: str
    programs: Callable[[], Programs]
    repeats: int = 5
    truth: float | None = None
    scale: Mapping[str, float] | None = None
    weight: int = 1


def correlated(n: int, d: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """d independent pairs of correlation 0.6, scaled to unit variance, as scikit-learn would."""
    rng = np.random.default_rng(n + d)
    x = rng.standard_normal((n, d))
    y = RHO * x + np.sqrt(1 - RHO**2) * rng.standard_normal((n, d))
    return x / x.std(axis=0), y / y.std(axis=0)


def variable(values: np.ndarray):
    from mitool.variables import Variable

    names = tuple(f"c{j}" for j in range(values.shape[1]))
    return Variable(names, np.ascontiguousarray(values), ("continuous",) * len(names))


def hard(name: str, n: int = 10_000) -> tuple[np.ndarray, np.ndarray]:
    """Two columns in which neighbours are as near in some places as they are far in others."""
    rng = np.random.default_rng(n)
    normal, centres = rng.standard_normal((2, n)), rng.standard_normal((2, 20))
    x, y = {
        "Cauchy": lambda: rng.standard_cauchy((2, n)),
        "lognormal(4)": lambda: np.exp(4 * normal),
        "20 clusters": lambda: 1e-4 * normal + centres[:, rng.integers(0, 20, n)],
    }[name]()
    return (x / x.std())[:, None], (y / y.std())[:, None]


def mitool_ksg(
    x: np.ndarray, y: np.ndarray, k: int = 3, given: np.ndarray | None = None, **more: object
) -> float:
    import mitool

    how = {"params": {"n_neighbors": k}, "transform": "none", "n_jobs": 1} | more
    return mitool.estimate(x, y, "ksg", given=given, **how).mi


def bare_ksg(x: np.ndarray, y: np.ndarray, k: int = 3) -> float:
    """The estimator itself: no checks of the data, no notes."""
    from mitool.estimators.ksg import KSG

    return KSG(k)(variable(x), variable(y)).mi


# The other programs, each as its makers would use it


def of_sklearn(x: np.ndarray, y: np.ndarray, k: int = 3) -> float:
    from sklearn.feature_selection import mutual_info_regression

    return mutual_info_regression(x, y[:, 0], n_neighbors=k, random_state=0)[0]


def of_ennemi(x: np.ndarray, y: np.ndarray, k: int = 3, z: np.ndarray | None = None) -> float:
    import ennemi

    found = ennemi.estimate_mi(y[:, 0], x, k=k, cond=z, preprocess=False, max_threads=1)
    return found.item()


def of_npeet(x: np.ndarray, y: np.ndarray, k: int = 3, z: np.ndarray | None = None) -> float:
    import npeet_plus

    return npeet_plus.mi(x, y, z=z, k=k, base=np.e)


def _from_counts(n_x: np.ndarray, n_y: np.ndarray, k: int) -> float:
    from scipy.special import psi

    return psi(k) + psi(len(n_x)) - np.mean(psi(n_x) + psi(n_y))


def by_sklearn_trees(x: np.ndarray, y: np.ndarray, k: int = 3) -> float:
    from sklearn.neighbors import KDTree

    both = np.hstack((x, y))
    far = KDTree(both, metric="chebyshev").query(both, k=k + 1)[0][:, -1]
    within = np.nextafter(far, 0)
    counts = (
        KDTree(v, metric="chebyshev").query_radius(v, within, count_only=True) for v in (x, y)
    )
    return _from_counts(*counts, k)


def by_scipy_trees(x: np.ndarray, y: np.ndarray, k: int = 3) -> float:
    from scipy.spatial import cKDTree

    both = np.hstack((x, y))
    far = cKDTree(both).query(both, k=[k + 1], p=np.inf)[0][:, 0]
    within = np.nextafter(far, 0)
    counts = (cKDTree(v).query_ball_point(v, within, p=np.inf, return_length=True) for v in (x, y))
    return _from_counts(*counts, k)


# The cases


def one_by_one(x: np.ndarray, y: np.ndarray) -> Programs:
    return {
        "mitool": lambda: mitool_ksg(x, y),
        "mitool, estimator alone": lambda: bare_ksg(x, y),
        "scikit-learn": lambda: of_sklearn(x, y),
        "ennemi": lambda: of_ennemi(x, y),
        "npeet-plus": lambda: of_npeet(x, y),
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


def table_of_numbers() -> np.ndarray:
    rng = np.random.default_rng(5)
    table = rng.standard_normal((1000, 40)) + rng.standard_normal((1000, 1))
    return table / table.std(axis=0)


def matrix_of_numbers(n_jobs: int = 1) -> np.ndarray:
    import mitool

    found = mitool.matrix(table_of_numbers(), estimator="ksg", transform="none", n_jobs=n_jobs)
    return np.array([estimate.mi for estimate in found])


def pairs_of_numbers() -> Programs:
    table = table_of_numbers()

    def ennemi_matrix() -> np.ndarray:
        import ennemi

        found = ennemi.pairwise_mi(table, k=3, preprocess=False, max_threads=1)
        return found[np.triu_indices(table.shape[1], 1)]

    return {"mitool": matrix_of_numbers, "ennemi": ennemi_matrix}


def all_and_each(estimator: str) -> Programs:
    """All pairs of 100 columns together, against a sample of them one by one."""
    import mitool

    table = np.random.default_rng(8).standard_normal((300, 100))
    pairs = list(combinations(range(table.shape[1]), 2))
    sample = np.arange(0, len(pairs), len(pairs) // N_PAIRS_OF_LABELS)[:N_PAIRS_OF_LABELS]

    def mitool_matrix() -> np.ndarray:
        found = mitool.matrix(table, estimator=estimator, n_jobs=1)
        return np.array([found[i].mi for i in sample])

    def one_by_one() -> np.ndarray:
        each = ((table[:, column] for column in pairs[i]) for i in sample)
        return np.array([mitool.estimate(x, y, estimator).mi for x, y in each])

    return {"mitool": mitool_matrix, "estimate, pair by pair": one_by_one}


@cache
def table_of_labels(n_rows: int, n_levels: int) -> np.ndarray:
    rng = np.random.default_rng(6)
    shared = rng.integers(0, n_levels, (n_rows, 1))
    noise = rng.integers(0, n_levels, (n_rows, 300))
    return np.where(rng.random((n_rows, 300)) < 0.3, shared, noise)


def pairs_of_labels(n_rows: int, n_levels: int) -> Programs:
    """All 44,850 pairs, against a sample of them."""
    import mitool

    table = table_of_labels(n_rows, n_levels)
    pairs = list(combinations(range(table.shape[1]), 2))
    sample = np.arange(0, len(pairs), len(pairs) // N_PAIRS_OF_LABELS)[:N_PAIRS_OF_LABELS]

    def mitool_matrix() -> np.ndarray:
        found = mitool.matrix(table, estimator="plugin")
        return np.array([found[i].mi for i in sample])

    def sklearn_sample() -> np.ndarray:
        from sklearn.metrics import mutual_info_score

        return np.array([mutual_info_score(*(table[:, c] for c in pairs[i])) for i in sample])

    return {"mitool": mitool_matrix, "scikit-learn": sklearn_sample}


CASES = [
    *(
        Case(
            "1\\|1, k = 3",
            f"n = {n:,}",
            lambda n=n: one_by_one(*correlated(n)),
            truth=TRUTH,
            weight=n,
        )
        for n in (1000, 10_000, 100_000, 1_000_000)
    ),
    *(
        Case(f"{name}, k = 3", "n = 10,000", lambda name=name: one_by_one(*hard(name)))
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
    Case("matrix of 780 pairs", "n = 1,000", pairs_of_numbers, 7),
    Case(
        "labels: 44,850 pairs of 16 levels",
        "n = 100,000",
        lambda: pairs_of_labels(100_000, 16),
        1,
        scale={"scikit-learn": 44_850 / N_PAIRS_OF_LABELS},
    ),
    Case(
        "labels: 44,850 pairs of 7 levels",
        "n = 1,000",
        lambda: pairs_of_labels(1000, 7),
        3,
        scale={"scikit-learn": 44_850 / N_PAIRS_OF_LABELS},
    ),
    *(
        Case(
            f"4,950 pairs of columns, {estimator}",
            "n = 300",
            lambda estimator=estimator: all_and_each(estimator),
            3,
            scale={"estimate, pair by pair": 4950 / N_PAIRS_OF_LABELS},
        )
        for estimator in ("ksg", "auto", "bins")
    ),
]


# Memory, threads and first runs, in processes of their own


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


def first() -> None:
    """CPU seconds of an estimate of 5000 rows and of all that the process does before it."""
    from resource import RUSAGE_CHILDREN, getrusage

    def spent(code: str, **variables: str) -> float:
        def used() -> float:
            usage = getrusage(RUSAGE_CHILDREN)
            return usage.ru_utime + usage.ru_stime

        before = used()
        env = os.environ | ONE_THREAD | variables
        subprocess.run([sys.executable, "-W", "ignore", "-c", code], env=env, check=True)
        return used() - before

    found = {}
    for d in (1, 5):
        code = (
            "from benchmarks.neighbors import correlated, mitool_ksg\n"
            f"mitool_ksg(*correlated(5000, {d}))"
        )
        with TemporaryDirectory() as empty:
            found[f"{d}\\|{d}, nothing compiled"] = spent(code, MITOOL_CACHE_DIR=empty)
        with TemporaryDirectory() as filled:
            spent(f"import mitool.kernels.compiled\n{code}", MITOOL_CACHE_DIR=filled)
            found[f"{d}\\|{d}, code kept"] = spent(code, MITOOL_CACHE_DIR=filled)
    print(json.dumps(found))


EXTRAS = {"memory": memory, "threads": threads, "first": first}


def apart(what: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.neighbors", what]
    done = subprocess.run(
        command, env=os.environ | ONE_THREAD, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


# What is written


def lines_of(case: Case, runs: Mapping[str, Run]) -> list[str]:
    scale = case.scale or {}
    reference = runs["mitool"]
    lines = []
    for program, run in runs.items():
        seconds = run.seconds * scale.get(program, 1)
        ratio = "" if program.startswith("mitool") else f"{run.ratio * scale.get(program, 1):.1f}×"
        off = np.abs(run.value - reference.value).max()
        apart = "" if program == "mitool" else f"{off:.0e}"
        error = "" if case.truth is None else f"{run.value.item() - case.truth:+.4f}"
        label = f"{program} (timed on a sample)" if program in scale else program
        lines.append(
            f"| {case.group} | {case.name} | {label} | {_shown(seconds)} | {ratio} "
            f"| {apart} | {error} |"
        )
    return lines


def _shown(seconds: float) -> str:
    return f"{1e3 * seconds:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"


def table(results: list[tuple[Case, dict[str, Run]]], at_once: int) -> list[str]:
    peers = ", ".join(
        f"{name} {version(name)}" for name in ("scikit-learn", "scipy", "ennemi", "npeet-plus")
    )
    return [
        "# Speed beside other programs",
        "",
        "`make bench` writes this page. CPU seconds of the process on one thread, medians of",
        "repeats taken in turns; all programs get the same arrays, and no transform is applied.",
        f"{peers}.",
        f"{machine()}; cases measured at once: {at_once}.",
        "",
        "- *times mitool*: how many times as long as `mitool.estimate` of the same turn, which",
        "  also checks the data,",
        "- *difference*: largest distance from mitool; scikit-learn and ennemi add noise,",
        "  and the digamma of ennemi is an approximation,",
        "- *error*: distance from the exact value, where it is known.",
        "",
        "| work | rows | program | CPU | times mitool | difference | error |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: |",
        *(line for case, runs in results for line in lines_of(case, runs)),
        "",
        "![CPU seconds against the number of rows](ksg.svg)",
    ]


WHY_NOT_TWO = (
    "Of 22 ms at n = 100,000 the calling thread spends 4.4 itself: 2.3 to cut the strips, which",
    "takes one row after the other, .7 to tally the counts, the rest to take the arrays, to check",
    "them and to hand out slices. An interval at n = 1,000 makes 74 estimates of .11 ms, of which",
    ".03 are compiled: the interpreter, which one thread has at a time, allows 1.4 by the clock.",
)


def extra_tables(
    peaks: Mapping[str, float],
    speedups: Mapping[str, Sequence[float]],
    firsts: Mapping[str, float],
) -> list[str]:
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
        "## First runs",
        "",
        "CPU seconds of a process that imports mitool and estimates `ksg` of 5,000 rows once:",
        "",
        *(f"- {name}: {seconds:.2f} s" for name, seconds in firsts.items()),
        "",
        "[Growth](growth.md) with the number of rows and of columns, [wide tables](wide.md),",
        "[intervals and tests](uncertainty.md), [columns beside labels](labels.md), [kernel and",
        "spectral measures](spectral.md) and [streaming](streaming.md) have pages of their own.",
    ]


def draw(results: list[tuple[Case, dict[str, Run]]]) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "mitool"
    from matplotlib import pyplot as plt

    curves = [(case, runs) for case, runs in results if case.group.startswith("1\\|1")]
    sizes = [int(case.name[4:].replace(",", "")) for case, _ in curves]
    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    for program in curves[0][1]:
        seconds = [runs[program].seconds for _, runs in curves]
        style = "-" if program.startswith("mitool") else "--"
        axes.loglog(sizes, seconds, style, marker="o", label=program)
    axes.set(xlabel="rows", ylabel="CPU seconds", title="KSG of two columns, k = 3, one thread")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(HERE / "ksg.svg", metadata={"Date": None})


def measured(number: int) -> None:
    """Measure one case here and print what was found."""
    from mitool.errors import MitoolWarning

    import_module("mitool.kernels.compiled")  # else small jobs would do without the compiler
    warnings.simplefilter("ignore", MitoolWarning)  # many dimensions, which is the point here
    case = CASES[number]
    runs = in_turns(case.programs(), case.repeats)
    found = {name: (run.seconds, run.value.tolist(), run.ratio) for name, run in runs.items()}
    print(json.dumps(found))


def results_of(number: int) -> dict[str, Run]:
    found = apart(str(number))
    runs = {name: Run(spent, np.array(v), ratio) for name, (spent, v, ratio) in found.items()}
    print("\n".join(lines_of(CASES[number], runs)), flush=True)
    return runs


def main(at_once: int) -> None:
    with ThreadPoolExecutor(at_once) as pool:
        longest_first = sorted(range(len(CASES)), key=lambda number: -CASES[number].weight)
        waiting = {number: pool.submit(results_of, number) for number in longest_first}
        results = [(case, waiting[number].result()) for number, case in enumerate(CASES)]
    page = table(results, at_once) + extra_tables(*map(apart, EXTRAS))
    (HERE / "README.md").write_text("\n".join(page) + "\n")
    draw(results)


if __name__ == "__main__":
    what = sys.argv[1] if len(sys.argv) > 1 else "--at-once=1"
    if what.startswith("--at-once="):
        main(int(what.partition("=")[2]))
    elif what.isdigit():
        measured(int(what))
    else:
        EXTRAS[what]()
