"""Bias and error of every estimator, and of three peers, on the same samples of known MI.

``python -m studies.accuracy`` writes accuracy.csv and accuracy.md beside this file;
``--repeats 10 --suite tied`` is a smaller run, ``--tables`` only draws the tables again.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from mitool.estimators import load, names
from mitool.measure.settings import Settings
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

Job = tuple[str, str, int, int, list[str]]

VARIANTS = {
    "continuous-24": {
        "ksg": ("algorithm=1,n_neighbors=5", "algorithm=2", "algorithm=2,n_neighbors=5")
    },
    "discrete-36": {
        "plugin": tuple(f"correction={c}" for c in ("miller-madow", "jackknife", "grassberger"))
    },
    "tied": {"ksg": ("algorithm=2",)},
}


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
    suite, label, n_samples, repeats, only = job
    entrants = [*ours(suite, only), *peers()]
    scores = contest(label, n_samples, entrants, repeats, SEED)
    return [(each.name, score) for each, score in zip(entrants, scores, strict=True)]


def jobs(suites: list[str], sizes: list[int], repeats: int, only: list[str]) -> list[Job]:
    return [
        (name, label, n, repeats, only)
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--suite", action="append", choices=list(SUITES))
    parser.add_argument("--sizes", type=int, nargs="*", default=[])
    parser.add_argument("--entrants", nargs="*", default=[], help="ours beside auto; else all")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--output", type=Path, default=HERE / "accuracy.csv")
    parser.add_argument("--tables", action="store_true", help="only draw the tables again")
    asked = parser.parse_args()
    if not asked.tables:
        work = jobs(asked.suite or list(SUITES), asked.sizes, asked.repeats, asked.entrants)
        measure(work, asked.jobs, asked.output)
    text = document(asked.output, SEED, versions())
    asked.output.with_suffix(".md").write_text(text)


if __name__ == "__main__":
    main()
