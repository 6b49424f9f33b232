"""What class probabilities, ensembles and codes cost as rows grow: linear in all.

    python -m benchmarks.predictions

``python -m benchmarks`` writes predictions.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.measuring import machine, peak_above
from mitool.estimators.online_code import OnlineCode
from mitool.limits import one_blas_thread
from mitool.models.classes.answering import PredictionQuestion
from mitool.models.classes.prediction_files import Given
from mitool.models.learning_curves import split
from mitool.variables import Variable

SIZES = (10_000, 100_000, 1_000_000)
CLASSES, MEMBERS = 10, 5

Work = Callable[[], object]


def predictions(rng: np.random.Generator, n: int) -> Work:
    """All bounds of a table of probabilities, with intervals and conformal sets."""
    probs = rng.dirichlet(np.ones(CLASSES), size=n)
    given = Given("probs", probs, rng.integers(CLASSES, size=n))
    return lambda: PredictionQuestion().of(given)


def ensemble(rng: np.random.Generator, n: int) -> Work:
    """What five members disagree about, over so many items."""
    probs = rng.dirichlet(np.ones(CLASSES), size=(MEMBERS, n // MEMBERS))
    question = PredictionQuestion(axes="member,item,class")
    return lambda: question.of(Given("members", probs))


def code(rng: np.random.Generator, n: int) -> Work:
    """The code of four levels given four."""
    x, y = (
        Variable((name,), rng.integers(4, size=(n, 1)).astype(float), ("discrete",))
        for name in "xy"
    )
    return lambda: OnlineCode()(x, y)


def curve(rng: np.random.Generator, n: int) -> Work:
    """Structure and residual of a curve of so many rows."""
    tokens, losses = np.arange(1.0, n + 1.0), rng.random(n)
    return lambda: split(tokens, losses)


PROGRAMS = {
    "`predictions`, 10 classes": predictions,
    "`predictions --axes`, 5 members of n / 5 items": ensemble,
    "`-e online-code`, learner kt": code,
    "`epiplexity`": curve,
}


def cell(work: Work) -> str:
    """Processor seconds and the peak of memory above the data."""
    start = time.process_time()
    work()
    seconds = time.process_time() - start
    return f"{seconds:.2f} s, {peak_above(work):.0f} MB"


def main() -> None:
    lines = [
        "# Predictions and codes as rows grow\n",
        f"Made by `python -m benchmarks.predictions` on {machine()}; one thread, processor "
        "seconds, memory above the data.\n",
        f"| program | {' | '.join(f'n = {n:,}' for n in SIZES)} |",
        f"| --- |{' --- |' * len(SIZES)}",
    ]
    with one_blas_thread():
        for name, make in PROGRAMS.items():
            make(np.random.default_rng(1), 1000)()  # what is imported late
            cells = [cell(make(np.random.default_rng(n), n)) for n in SIZES]
            lines.append(f"| {name} | {' | '.join(cells)} |")
    Path(__file__).with_suffix(".md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
