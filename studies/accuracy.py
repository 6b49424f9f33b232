"""Bias and error of every estimator, and of three peers, on the same samples of known MI.

``python -m studies.accuracy`` writes accuracy.csv and accuracy.md beside this file;
``--repeats 10 --suite tied`` is a smaller run, ``--tables`` only draws the tables again, and
``--again two-scales`` measures auto and this anew, on the same samples, and keeps all other rows.
Times are those of the processor.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from time import process_time

from mitool.estimators import load, names
from mitool.measure.settings import Settings
from mitool.simulate import benchmark
from mitool.simulate.benchmark import Entrant, contest, entrant
from mitool.simulate.scores import Score
from mitool.simulate.suites import SUITES
from studies.accuracy_tables import document
from studies.peers import peers, versions
from studies.record import over

HERE = Path(__file__).parent
SEED = 20_240_101
REPEATS = 100
HEAD = (
    "suite",
    "distribution",
    "n",
    "repeats",
    "entrant",
    "truth",
    "bias",
    "sd",
    "rmse",
    "ms",
    "chosen",
)

Job = tuple[str, str, int, int, list[str], bool]

VARIANTS = {
    "continuous-24": {
        "ksg": ("algorithm=1,n_neighbors=5", "algorithm=2", "algorithm=2,n_neighbors=5")
    },
    "discrete-36": {
        "plugin": tuple(f"correction={c}" for c in ("miller-madow", "jackknife", "grassberger"))
    },
    "tied": {"ksg": ("algorithm=2",)},
}


benchmark.perf_counter = process_time


def ours(suite: str, only: list[str]) -> Iterator[Entrant]:
    """Auto, every registered estimator of MI, and the variants that auto could have been."""
    yield entrant(Settings("auto"))
    for name in only or names():
        if load(name).estimand in ("mi", "binned_mi"):
            for text in ("", *VARIANTS.get(suite, {}).get(name, ())):
                params = dict(part.split("=") for part in text.split(",") if part)
                label = f"{name}:{text}" if text else name
                yield Entrant(label, entrant(Settings(name, params)).estimate)


def run(job: Job) -> list[tuple[str, Score]]:
    suite, label, n_samples, repeats, only, alone = job
    entrants = [*ours(suite, only), *([] if alone else peers())]
    scores = contest(label, n_samples, entrants, repeats, SEED)
    return [(each.name, score) for each, score in zip(entrants, scores, strict=True)]


def jobs(
    suites: list[str], sizes: list[int], repeats: int, only: list[str], alone: bool
) -> list[Job]:
    return [
        (name, label, n, repeats, only, alone)
        for name in suites
        for label, n in product(SUITES[name].labels, sizes or SUITES[name].sizes)
    ]


def rows(suite: str, scores: list[tuple[str, Score]]) -> Iterator[list[object]]:
    """What was refused has no row."""
    for name, score in scores:
        if score.estimate.status == "ok":
            numbers = (score.truth, score.bias, score.sd, score.rmse, 1000 * score.seconds)
            shown = [f"{number:.6f}" for number in numbers]
            yield [
                suite,
                score.label,
                score.n_samples,
                score.n_repeats,
                name,
                *shown,
                score.estimate.estimator,
            ]


def measure(work: list[Job], n_processes: int, path: Path) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEAD)
        for job, scores in zip(work, over(run, work, n_processes), strict=True):
            writer.writerows(rows(job[0], scores))
            file.flush()


def joined(old: Path, new: Path) -> None:
    """Put rows that were measured again in the places of those of the same name, and task."""
    earlier, later = (list(csv.reader(path.open())) for path in (old, new))
    fresh = {key(row): row for row in later[1:]}
    rows = [fresh.pop(key(row), row) for row in earlier[1:]]
    with old.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEAD, *rows, *fresh.values()])
    new.unlink()


def key(row: list[str]) -> tuple[str, ...]:
    """Give the suite, the distribution, the size and the entrant of a row."""
    return (*row[:3], row[4])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--suite", action="append", choices=list(SUITES))
    parser.add_argument("--sizes", type=int, nargs="*", default=[])
    parser.add_argument("--entrants", nargs="*", default=[], help="ours beside auto; else all")
    parser.add_argument("--without", nargs="*", default=[], help="no distribution that holds this")
    parser.add_argument("--again", nargs="*", default=[], help="measure auto and these anew")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--output", type=Path, default=HERE / "accuracy.csv")
    parser.add_argument("--tables", action="store_true", help="only draw the tables again")
    asked = parser.parse_args()
    if not asked.tables:
        again, entrants = bool(asked.again), asked.again or asked.entrants
        names_of_suites = asked.suite or list(SUITES)
        work = jobs(names_of_suites, asked.sizes, asked.repeats, entrants, again)
        work = [job for job in work if not any(text in job[1] for text in asked.without)]
        path = asked.output.with_suffix(".again") if again else asked.output
        measure(work, asked.jobs, path)
        if again:
            joined(asked.output, path)
    text = document(asked.output, SEED, versions())
    asked.output.with_suffix(".md").write_text(text)


if __name__ == "__main__":
    main()
