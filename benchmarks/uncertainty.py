"""What intervals and permutation tests cost, and what a second thread takes off.

Run with ``python -m benchmarks.uncertainty``; writes uncertainty.md beside it, in two minutes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.matrices import matrix_of_numbers
from benchmarks.measuring import machine, two_by_cpu, wall
from benchmarks.programs import correlated, variable

HERE = Path(__file__).parent
TURNS = 15
PERMUTATIONS = "999"
MATRIX = "matrix of 780 pairs, `ksg`, n = 1,000"
COMMANDS = {
    "one estimate": (),
    "999 permutations, `-e ksg --statistic estimate`": (
        *("-e", "ksg", "--permutations", PERMUTATIONS),
        *("--statistic", "estimate"),
    ),
    "999 permutations, `-e ksg` (3 scales)": ("-e", "ksg", "--permutations", PERMUTATIONS),
    "999 permutations (`auto`: 3 scales)": ("--permutations", PERMUTATIONS),
}
Seconds = dict[str, np.ndarray]


def in_turns(programs: Mapping[str, Callable[[], object]]) -> Seconds:
    """Wall-clock seconds, (TURNS,) for each program, which ran once before."""
    for program in programs.values():
        program()
    spent = [[wall(program) for program in programs.values()] for _ in range(TURNS)]
    return dict(zip(programs, np.array(spent).T, strict=True))


def processes() -> Seconds:
    """Measure whole commands on a table of 1000 rows."""
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.csv"
        columns = np.column_stack(correlated(1000))
        np.savetxt(table, columns, delimiter=",", header="x,y", comments="")

        def command(more: tuple[str, ...]) -> Callable[[], object]:
            line = [sys.executable, "-m", "mitool", "estimate", str(table), "-x", "x", "-y", "y"]
            asked = [*line, *more, "-j", "2", "-q"]
            return lambda: subprocess.run(asked, stdout=subprocess.DEVNULL, check=True)

        return in_turns({name: command(more) for name, more in COMMANDS.items()})


def assessed(n: int, estimator: str, n_jobs: int, **asked: object) -> Callable[[], object]:
    """Give a program that assesses a pair of n rows, in threads as commands do."""
    from mitool.measure.settings import Settings
    from mitool.parallel import threads_inside
    from mitool.uncertainty import Uncertainty, assess

    x, y = correlated(n)

    def program() -> object:
        how = {"settings": Settings(estimator), "uncertainty": Uncertainty(**asked)}
        with threads_inside(n_jobs):
            return assess(variable(x), variable(y), **how, n_jobs=n_jobs)

    return program


def intervals() -> dict[str, np.ndarray]:
    """How many times as long as one estimate an interval takes, on two threads."""
    found = {}
    for estimator in ("ksg", "auto"):
        one = assessed(10_000, estimator, 2)
        both = in_turns({"one": one, "ci": assessed(10_000, estimator, 2, level=0.95)})
        found[estimator] = both["ci"] / both["one"]
    return found


def two_threads() -> dict[str, tuple[np.ndarray, float]]:
    """Wall-clock seconds of one thread over those of two, and the ratio by CPU time."""
    work = {
        "999 permutations, `ksg`, one k": (1000, "ksg", {"statistic": "estimate"}),
        "999 permutations, `ksg`, 3 scales": (1000, "ksg", {}),
        "estimate and 50 subsamples, `ksg`, n = 1,000": (1000, "ksg", None),
        "estimate and 50 subsamples, `ksg`, n = 10,000": (10_000, "ksg", None),
        "estimate and 50 subsamples, `ksg`, n = 100,000": (100_000, "ksg", None),
    }
    programs: dict[str, Callable[[], object]] = {}
    for name, (n, estimator, of_test) in work.items():
        asked = {"level": 0.95} if of_test is None else {"n_permutations": 999, **of_test}
        for n_jobs in (1, 2):
            programs[f"{name} {n_jobs}"] = assessed(n, estimator, n_jobs, **asked)
    for n_jobs in (1, 2):
        programs[f"{MATRIX} {n_jobs}"] = partial(matrix_of_numbers, n_jobs)
    spent = in_turns(programs)
    return {
        name: (
            spent[f"{name} 1"] / spent[f"{name} 2"],
            two_by_cpu(*(programs[f"{name} {n_jobs}"] for n_jobs in (1, 2))),
        )
        for name in (*work, MATRIX)
    }


def quartiles(values: np.ndarray) -> str:
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75))
    return f"| {middle:.2f} | {low:.2f} … {high:.2f} |"


def page() -> str:
    lines = [
        "# Intervals and tests",
        "",
        "`python -m benchmarks.uncertainty` writes this page. Wall-clock time, medians and",
        f"quartiles of {TURNS} turns. {machine()}.",
        "",
        "## Whole commands, `mitool estimate` with 1,000 rows and `-j 2`",
        "",
        "| command | seconds | quartiles |",
        "| --- | ---: | ---: |",
        *(f"| {name} {quartiles(spent)}" for name, spent in processes().items()),
        "",
        "## `--ci 0.95` with 10,000 rows, on two threads",
        "",
        "| estimator | times one estimate | quartiles |",
        "| --- | ---: | ---: |",
        *(f"| `{name}` {quartiles(ratio)}" for name, ratio in intervals().items()),
        "",
        "## One thread over two",
        "",
        "Other work on the machine lowers it; *by CPU time*: that of two cores without other",
        "work, which wait for what the calling thread spends itself and share the rest.",
        "",
        "| work | ratio | quartiles | by CPU time |",
        "| --- | ---: | ---: | ---: |",
        *(
            f"| {name} {quartiles(ratio)} {by_cpu:.2f} |"
            for name, (ratio, by_cpu) in two_threads().items()
        ),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    (HERE / "uncertainty.md").write_text(page())
