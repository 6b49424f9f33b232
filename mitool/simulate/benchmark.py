"""How far estimates fall from known truths: bias, spread, error, time and coverage."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import nan, sqrt
from time import perf_counter

import numpy as np

from mitool.errors import MitoolError
from mitool.measure.settings import Settings
from mitool.result import Estimate
from mitool.seeds import stream, task_name
from mitool.simulate import parse
from mitool.simulate.base import Distribution, Sample
from mitool.simulate.scores import Score
from mitool.simulate.suites import suite
from mitool.tables.column import Column
from mitool.uncertainty import assess
from mitool.uncertainty.interval import widest_level
from mitool.uncertainty.uncertainty import Uncertainty
from mitool.variables import Variable, Vector, gather


@dataclass(frozen=True)
class Entrant:
    """What is measured: a name, and a function of x, y and z that estimates, or refuses."""

    name: str
    estimate: Callable[[Variable, Variable, Variable | None], Estimate]


@dataclass(frozen=True)
class Trial:
    """One sample given to one entrant."""

    estimate: Estimate
    seconds: float


def entrant(settings: Settings, uncertainty: Uncertainty | None = None) -> Entrant:
    """Make an entrant of one of our estimators; scores have intervals if it asks for them.

    They have the level it asks for, or the widest that the estimator can give.
    """
    if uncertainty is not None and uncertainty.level is not None and settings.estimator != "auto":
        level = widest_level(settings.named, uncertainty.level)
        uncertainty = replace(uncertainty, level=level)
    return Entrant(
        settings.estimator,
        lambda x, y, given: assess(x, y, given, settings, uncertainty),
    )


def planned(
    labels: Sequence[str], suites: Sequence[str], sizes: Sequence[int]
) -> list[tuple[str, int]]:
    """Give each distribution and size to run: the 24 continuous families if nothing is named."""
    plan = []
    for name in suites or (() if labels else ("continuous-24",)):
        members = suite(name)
        plan += list(product(members.labels, sizes or members.sizes))
    plan += list(product(labels, sizes or (1000,)))
    for label, _ in plan:
        parse(label)  # refuses what is unknown before any work
    return list(dict.fromkeys(plan))


def draw(label: str, n_samples: int, number: int = 0, seed: int = 0) -> Sample:
    """Draw the sample of a number: the same for a seed, whatever else is drawn, and when."""
    task = task_name("simulate", label, n_samples)
    return parse(label).sample(n_samples, stream(seed, task, number))


def columns_of(sample: Sample) -> list[list[Column]]:
    """Name the columns of x, y and z: x, or x1, x2, … where there are several."""
    named = []
    for letter, values in zip("xyz", sample, strict=True):
        if values is not None:
            d = values.shape[1]
            names = [letter] if d == 1 else [f"{letter}{j + 1}" for j in range(d)]
            named.append([Column(name, values[:, j].copy()) for j, name in enumerate(names)])
    return named


def variables_of(
    distribution: Distribution, sample: Sample
) -> tuple[Variable, Variable, Variable | None]:
    """Pass a sample through the gate: labels as labels, the kinds of numbers by the rule."""
    kinds = (distribution.kinds_x, distribution.kinds_y, distribution.kinds_z)
    gathered = []
    for columns, declared in zip(columns_of(sample), kinds, strict=False):
        pairs = zip(columns, declared, strict=False)
        discrete = [column.name for column, kind in pairs if kind == "discrete"]
        gathered.append(gather(columns, discrete))
    return gathered[0], gathered[1], gathered[2] if len(gathered) > 2 else None


def contest(
    label: str, n_samples: int, entrants: Sequence[Entrant], n_repeats: int, seed: int
) -> Iterator[Score]:
    """Score every entrant on the same samples of one distribution."""
    distribution = parse(label)
    truth = distribution.truth
    samples = [draw(label, n_samples, number, seed) for number in range(n_repeats)]
    for entrant in entrants:
        trials = [trial(entrant, distribution, sample) for sample in samples]
        yield score(label, truth, n_samples, trials)


def trial(entrant: Entrant, distribution: Distribution, sample: Sample) -> Trial:
    """Give one sample to one entrant; what it refuses is a failed estimate."""
    x, y, given = variables_of(distribution, sample)
    start = perf_counter()
    try:
        estimate = entrant.estimate(x, y, given)
    except MitoolError as error:
        estimate = Estimate(x.name, y.name, entrant.name, None, status="failed", message=str(error))
    return Trial(estimate, perf_counter() - start)


def score(label: str, truth: float, n_samples: int, trials: Sequence[Trial]) -> Score:
    """Sum up the trials of one entrant; ``seconds`` is the median, so compiling does not count."""
    first, n_repeats = trials[0].estimate, len(trials)
    for trial in trials:
        if trial.estimate.mi is None:
            return Score(label, truth, n_samples, n_repeats, trial.estimate)
    values = np.array([trial.estimate.mi for trial in trials])
    errors = values - truth
    return Score(
        label,
        truth,
        n_samples,
        n_repeats,
        replace(first, mi=float(values.mean()), interval=None, test=None, reliability=None),
        bias=float(errors.mean()),
        sd=float(values.std(ddof=1)) if n_repeats > 1 else nan,
        rmse=sqrt(float(np.mean(errors * errors))),
        seconds=float(np.median([trial.seconds for trial in trials])),
        **_of_intervals([trial.estimate for trial in trials], truth),
    )


def _of_intervals(estimates: Sequence[Estimate], truth: float) -> dict[str, float]:
    """Give coverage, mean width and the share of low reliability, where there are intervals."""
    intervals = [e.interval for e in estimates if e.interval is not None]
    if not intervals:
        return {}
    low: Vector = np.array([interval.low for interval in intervals])
    high: Vector = np.array([interval.high for interval in intervals])
    return {
        "coverage": float(np.mean((low <= truth) & (truth <= high))),
        "width": float(np.mean(high - low)),
        "low_share": float(np.mean([e.reliability == "low" for e in estimates])),
    }
