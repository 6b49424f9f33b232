"""The networks of ``mist`` as they are shipped: arrays in a file, and what they say of statistics.

Several small networks of two hidden layers see the same standardised statistics. Each says the
median of log(I + 0.05) and how far the other quantiles lie from it, one step after another, so that
they cannot cross, and the log odds of I < 0.01. Quantiles are averaged in nats, odds as
probabilities; what the averages were off by on tables kept aside is added by class of columns and
rows (``calibration``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from io import BytesIO
from math import sqrt
from typing import IO, Any, NamedTuple
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.variables import Matrix, Vector

OFFSET = 0.05
"""Added to nats before the logarithm: below it differences matter as they are, above in ratio."""
LEVELS = (0.05, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.95)
MEDIAN = LEVELS.index(0.5)
HURDLE = len(LEVELS)
N_OUTPUTS = len(LEVELS) + 1
FARTHEST = 8.0
"""Standardised statistics further out are taken to lie there; such tables are flagged anyway."""
FILE = "mist.npz"

Arrays = Mapping[str, NDArray[Any]]
Layer = tuple[Matrix, Vector]


class Prediction(NamedTuple):
    """What the networks say of one table."""

    quantiles: Vector
    """At ``LEVELS``, in nats, ascending, none below 0."""
    hurdle: float
    """The probability that I is below 0.01 nats."""
    distance: float
    """How far the statistics lie from those of training."""
    limit: float
    """How far nearly all of those lie at most."""

    @property
    def inside(self) -> bool:
        """Whether the table is like those of training."""
        return self.distance <= self.limit


@dataclass(frozen=True, eq=False)
class Weights:
    """All that was learned, and what from."""

    families: tuple[str, ...]
    mean: Vector
    scale: Vector
    members: tuple[tuple[Layer, ...], ...]
    """Of each network its layers: weights (n_in, n_out) and biases (n_out,)."""
    calibration: NDArray[np.float64]
    """What is added to log(I + 0.05), (classes of columns, classes of rows, levels)."""
    calibration_dims: Vector
    """The fewest columns together of each class but the first."""
    calibration_n: Vector
    """The fewest rows of each class but the first."""
    support_mean: NDArray[np.float64]
    """Of the standardised statistics of a class, (classes of columns, of rows, statistics)."""
    support_precision: NDArray[np.float64]
    """The inverse of their covariance, (…, statistics, statistics)."""
    support_limit: NDArray[np.float64]
    """How far nearly all tables of a class lie from its mean, (classes of columns, of rows)."""

    @classmethod
    def of(cls, arrays: Arrays) -> Weights:
        """Take them from the arrays of a file."""
        numbers = {
            name: np.asarray(array, dtype=np.float64)
            for name, array in arrays.items()
            if array.dtype.kind == "f"
        }
        n_members = sum(name.startswith("w0_") for name in numbers)
        members = tuple(
            tuple((numbers[f"w{k}_{m}"], numbers[f"b{k}_{m}"]) for k in range(3))
            for m in range(n_members)
        )
        kept = [name for name in numbers if name.startswith(("calibration", "support"))]
        return cls(
            families=tuple(arrays["families"].tolist()),
            mean=numbers["mean"],
            scale=numbers["scale"],
            members=members,
            **{name: numbers[name] for name in kept},
        )


def checksum_of(arrays: Arrays) -> str:
    """Give the SHA-256 of all arrays but the checksum, by name, kind, shape and content."""
    total = sha256()
    for name in sorted(set(arrays) - {"checksum"}):
        array = np.ascontiguousarray(arrays[name])
        total.update(repr((name, array.dtype.str, array.shape)).encode())
        total.update(array.tobytes())
    return total.hexdigest()


@cache
def load(names: tuple[str, ...]) -> Weights:
    """Read the weights that come with the package, when they are first needed.

    ``names`` are those of the statistics that they will be given.
    """
    path = files("mitool.estimators").joinpath(FILE)
    try:
        return read(BytesIO(path.read_bytes()), names)
    except (OSError, EOFError, KeyError, ValueError, BadZipFile) as error:
        raise MitoolError(
            f"the weights of mist ({path}) cannot be used: {error}; install mitool again"
        ) from None


def read(file: IO[bytes], names: tuple[str, ...]) -> Weights:
    """Read weights, and raise a ValueError where they are damaged or of other statistics."""
    with np.load(file, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    if str(arrays["checksum"]) != checksum_of(arrays):
        raise ValueError("their checksum is wrong")
    if tuple(arrays["names"].tolist()) != names:
        raise ValueError("they were trained on other statistics")
    if tuple(arrays["levels"].tolist()) != LEVELS:
        raise ValueError("they have other quantiles")
    return Weights.of(arrays)


def predict(weights: Weights, statistics: Vector, n_dims: int, n_rows: int) -> Prediction:
    """Say what the networks make of the statistics of a table of so many columns and rows."""
    inputs = standardised(weights, statistics)
    logs, hurdle = averaged(weights, inputs[None])
    own = class_of(weights, n_dims, n_rows)
    apart = inputs - weights.support_mean[own]
    distance = sqrt(max(float(apart @ weights.support_precision[own] @ apart), 0.0))
    quantiles = in_nats(logs[0] + weights.calibration[own])
    return Prediction(quantiles, float(hurdle[0]), distance, float(weights.support_limit[own]))


def standardised(weights: Weights, statistics: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give statistics, (…, n), in units of their spread in training."""
    scaled = (statistics - weights.mean) / weights.scale
    near: NDArray[np.float64] = np.clip(scaled, -FARTHEST, FARTHEST)
    return near


def averaged(weights: Weights, inputs: Matrix) -> tuple[Matrix, Vector]:
    """Give the log quantiles (n, levels), not yet calibrated, and P(I < 0.01) of all networks.

    ``inputs`` are standardised, (n, statistics).
    """
    outputs = [_output(layers, inputs) for layers in weights.members]
    nats: Matrix = np.mean([np.exp(log_quantiles(output)) for output in outputs], axis=0)
    odds = np.array([output[:, HURDLE] for output in outputs])
    hurdle: Vector = np.exp(-np.logaddexp(0.0, -odds)).mean(axis=0)
    return np.log(nats), hurdle


def log_quantiles(output: Matrix) -> Matrix:
    """Give log(I + 0.05) at each level: the median, and steps away from it on both sides."""
    steps = np.logaddexp(0.0, output[:, :HURDLE])
    median = output[:, MEDIAN : MEDIAN + 1]
    below = median - np.cumsum(steps[:, MEDIAN - 1 :: -1], axis=1)[:, ::-1]
    above = median + np.cumsum(steps[:, MEDIAN + 1 :], axis=1)
    return np.hstack((below, median, above))


def in_nats(logs: Vector) -> Vector:
    """Take the logarithm back: ascending, and none below 0, which information never is."""
    nats: Vector = np.maximum(np.exp(np.maximum.accumulate(logs)) - OFFSET, 0.0)
    return nats


def _output(layers: tuple[Layer, ...], inputs: Matrix) -> Matrix:
    values = inputs
    for weights, biases in layers[:-1]:
        values = np.tanh(values @ weights + biases)
    weights, biases = layers[-1]
    return values @ weights + biases


def class_of(weights: Weights, n_dims: int, n_rows: int) -> tuple[int, int]:
    """Number the class of tables of so many columns and rows."""
    of_dims = np.searchsorted(weights.calibration_dims, n_dims, side="right")
    of_rows = np.searchsorted(weights.calibration_n, n_rows, side="right")
    return int(of_dims), int(of_rows)
