"""Root mean square errors on a recorded benchmark, or on samples of the same distributions."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mitool import simulate
from mitool.api import estimate
from mitool.errors import MitoolError
from studies.record import table

SIZES = (200, 1000)
MOST_COLUMNS = 5
SEED = 31
REPEATS = {200: 10, 1000: 5}

TASKS = {
    "bmi_1v1-normal-0p75": "gaussian:rho=0.75",
    "bmi_normal_cdf-1v1-normal-0p75": "normal-cdf:rho=0.75",
    "bmi_1v1-additive-0p1": "additive-uniform:width=0.1",
    "bmi_1v1-bimodal-0p75": "bimodal:rho=0.75",
    "bmi_wiggly-1v1-normal-0p75": "wiggly:rho=0.75",
    "bmi_half_cube-1v1-normal-0p75": "half-cube:rho=0.75",
    "bmi_student-identity-1-1-1": "student:dof=1",
    "bmi_asinh-student-identity-1-1-1": "asinh-student:dof=1",
    "bmi_swissroll_x-normal_cdf-1v1-normal-0p75": "swiss-roll:rho=0.75",
    "bmi_multinormal-dense-2-2-0p5": "gaussian:rho=0.5,dim_x=2,dim_y=2,structure=dense",
    "bmi_multinormal-sparse-3-3-2-2p0": "gaussian:rho=0.8,dim_x=3,dim_y=3,n_pairs=2",
    "bmi_student-identity-3-3-3": "student:dof=3,dim_x=3,dim_y=3",
    "bmi_half_cube-multinormal-sparse-3-3-2-2p0": "half-cube:rho=0.8,dim_x=3,dim_y=3,n_pairs=2",
    "bmi_spiral-multinormal-sparse-3-3-2-2p0": "spiral:rho=0.8",
    "bmi_asinh-student-identity-3-3-2": "asinh-student:dof=2,dim_x=3,dim_y=3",
    "gauss_rho0": "gaussian:rho=0",
    "gauss_rho0p6": "gaussian:rho=0.6",
    "gauss_rho0p99": "gaussian:rho=0.99",
    "indep_uniform_expon": "independent:margin_x=uniform,margin_y=exponential",
    "indep_cauchy_cauchy": "independent:margin_x=cauchy,margin_y=cauchy",
    "lognormal3_rho0p6": "lognormal:rho=0.6,sigma=3",
    "log_gamma_exponential_0p5": "gamma-exponential:shape=0.5",
    "sine_2periods_s0p3": "sine:periods=2,noise=0.3",
    "product_x_eps": "product-noise",
    "xshape_rho0p9": "x-shape:rho=0.9",
    "gao_gauss_atoms_mix": "gaussian-atoms:rho=0.9,flip=0.2",
    "censored_gauss_rho0p6": "censored:rho=0.6",
    "gauss_rho0p6_round0p1": "rounded:rho=0.6,grid_x=0.1,grid_y=0.1",
    "gauss_rho0p9_yround0p5": "rounded:rho=0.9,grid_x=0,grid_y=0.5",
    "ar1_phi0p9_rho0p6": "ar1:phi=0.9,rho=0.6",
    "scale_mismatch_2x1": "scale-mismatch:rho=0.6",
    "redundant_2x1_rho0p9": "redundant:rho=0.9",
    "gao_disc_cont_m5": "uniform-steps:n_levels=5",
    "poisson_p0": "zero-inflated-poisson:inflation=0",
}
"""The tasks of numbers, ordered levels and counts, and the distributions they were drawn from."""

Pair = tuple[np.ndarray, np.ndarray]
Median = Callable[[np.ndarray, np.ndarray], float]


class Task(NamedTuple):
    """Samples of one distribution and size."""

    name: str
    n: int
    truth: float
    samples: list[Pair]


class Score(NamedTuple):
    """Root mean square errors on a task."""

    task: Task
    ours: float
    of_auto: float


def drawn() -> Iterator[Task]:
    """Draw samples of all tasks."""
    for number, (name, label) in enumerate(TASKS.items()):
        distribution = simulate.parse(label)
        for n in SIZES:
            rng = np.random.default_rng([SEED, number, n])
            samples = [distribution.sample(n, rng) for _ in range(REPEATS[n])]
            yield Task(name, n, distribution.truth, [(one.x, one.y) for one in samples])


def recorded(folder: Path) -> Iterator[Task]:
    """Read the samples of all tasks of one to five columns of numbers a side."""
    for task in json.loads((folder / "truth.json").read_text())["tasks"]:
        if not task["dim_z"] and max(task["dim_x"], task["dim_y"]) <= MOST_COLUMNS:
            with np.load(folder / f"{task['id']}.npz") as stored:
                for n in SIZES:
                    pairs = zip(stored[f"x_n{n}"], stored[f"y_n{n}"], strict=True)
                    yield Task(task["id"], n, task["truth_nats"], list(pairs))


def scores(tasks: Iterator[Task], median: Median) -> Iterator[Score]:
    """Ask both on all samples; labels and constant columns are not for ours: not a number."""
    for task in tasks:
        samples = [
            tuple(np.reshape(s, (len(s), -1)).astype(float) for s in p) for p in task.samples
        ]
        ours = [median(x, y) for x, y in samples] if task.name in TASKS else [np.nan]
        of_auto = [by_auto(x, y) for x, y in samples]
        errors = (np.sqrt(np.mean((np.array(v) - task.truth) ** 2)) for v in (ours, of_auto))
        yield Score(task, *(float(error) for error in errors))


def by_auto(x: np.ndarray, y: np.ndarray) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return float(estimate(x, y).mi)
        except MitoolError:
            return np.nan


def lines(found: list[Score]) -> tuple[str, dict[str, float]]:
    """Draw the table, and give the means over the tasks that both answer."""
    rows = []
    for score in found:
        task = score.task
        shown = "labels or constant: refused" if np.isnan(score.ours) else f"{score.ours:.3f}"
        rows.append((task.name, task.n, f"{task.truth:.3f}", shown, f"{score.of_auto:.3f}"))
    both = np.array([(s.ours, s.of_auto) for s in found if s.task.name in TASKS])
    means = {"ours": float(both[:, 0].mean()), "auto": float(both[:, 1].mean())}
    rows.append(("mean", "", "", f"{means['ours']:.3f}", f"{means['auto']:.3f}"))
    return table(("task", "n", "truth", "mist", "auto"), rows), means
