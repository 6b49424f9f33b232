"""Matrices of weights: condition number, log-volume and the information of a Gaussian channel.

The log-volume, Σ log σ, is what the matrix adds to a differential entropy, in nats as that is.
Each singular value σ is a channel of gain σ: with noise of deviation s it passes ½ log(1 + σ²/s²)
of a standard normal input (Cover & Thomas 2006, section 9.4, doi:10.1002/047174882X).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mitool.errors import MitoolError
from mitool.networks.collecting import arrays_of
from mitool.networks.layernames import name_of
from mitool.networks.quantities import LayerEstimate
from mitool.networks.storedarrays import Stored
from mitool.result import Estimate
from mitool.variables import Vector


@dataclass(frozen=True, eq=False)
class StoredWeights:
    """One matrix of weights of an epoch, not read yet."""

    epoch: int | None
    layer: str
    stored: Stored


def stored_weights(paths: Sequence[str]) -> list[StoredWeights]:
    """Find all arrays of two axes or more; biases and other vectors are no matrices."""
    found = []
    for path in paths:
        some = [stored for stored in arrays_of(path) if len(stored.shape) > 1]
        if not some:
            raise MitoolError(f"{path} holds no matrix of weights: no array of two axes or more")
        for stored in some:
            name = name_of(Path(path).name, stored.key.replace("/", "."), None)
            found.append(StoredWeights(name.epoch, name.layer, stored))
    return found


def weight_rows(weights: StoredWeights, noise: float) -> Iterator[LayerEstimate]:
    """Measure a matrix; ``noise`` is the deviation of that of its channels."""
    where, matrix = weights.stored.where, weights.stored.read()
    matrix = np.asarray(matrix.reshape(len(matrix), -1), dtype=np.float64)
    if not np.isfinite(matrix).all():
        n_lost = int(matrix.size - np.isfinite(matrix).sum())
        raise MitoolError(f"{where} has {n_lost} of {matrix.size} weights NaN or infinite")
    singular = np.linalg.svd(matrix, compute_uv=False)
    rank = int(np.count_nonzero(singular > singular[0] * max(matrix.shape) * np.finfo(float).eps))
    full = rank == len(singular)
    why = None if full else f"the matrix has rank {rank} of {len(singular)}"
    log_volume = float(np.log(singular).sum()) if full else None
    condition = float(singular[0] / singular[-1]) if full else None
    yield _row(weights, matrix.shape, "condition_number", condition, why)
    yield _row(weights, matrix.shape, "log_volume", log_volume, why)
    yield _row(weights, matrix.shape, "channel_information", channel(singular, noise), None, noise)


def channel(singular: Vector, noise: float) -> float:
    """Give the information, in nats, that channels of these gains pass."""
    return float(0.5 * np.log1p(np.square(singular / noise)).sum())


def _row(
    weights: StoredWeights,
    shape: tuple[int, ...],
    quantity: str,
    value: float | None,
    why: str | None,
    noise: float | None = None,
) -> LayerEstimate:
    estimate = Estimate(
        x=weights.layer,
        y=None,
        estimator="singular-values",
        mi=value,
        params={} if noise is None else {"noise": noise},
        dim_x=shape[1],
        dim_y=shape[0],
        estimand=quantity,
        unit=None if quantity == "condition_number" else "nats",
        status="skipped" if value is None else "ok",
        message=why,
    )
    return LayerEstimate(weights.epoch, weights.layer, quantity, estimate)
