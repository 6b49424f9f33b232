"""Bins of distinct values over all epochs of a layer, so that epochs are cut alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from mitool.errors import MitoolError
from mitool.estimators.ebab import EBAB
from mitool.kernels.counts.distinctbins import distinct
from mitool.kernels.memory import require
from mitool.networks.collecting import StoredLayer
from mitool.networks.storedarrays import Array, as_numbers
from mitool.networks.unitaxes import Layout


@dataclass(frozen=True, eq=False)
class PooledEdges:
    """Finds the edges of a layer by all its epochs when they are first asked for, and keeps them.

    All distinct values of a layer are in memory at once, one epoch beside them.
    """

    estimator: EBAB
    layers: Sequence[StoredLayer]
    layout: Layout
    _kept: dict[str, list[Array]] = field(default_factory=dict)

    def __call__(self, layer: str) -> list[Array]:
        """Give the edges of a layer, one array for each column where they differ."""
        if layer not in self._kept:
            self._kept[layer] = self._edges(layer)
        return self._kept[layer]

    def _edges(self, layer: str) -> list[Array]:
        levels: list[Array] = []
        for values in self._epochs(layer):
            parts = list(values.T) if self.estimator.scope == "column" else [values]
            new = [distinct(part) for part in parts]
            require(2 * sum(part.nbytes for part in (*levels, *new)), f"pooling {layer!r}")
            if levels and len(levels) != len(new):
                raise MitoolError(
                    f"layer {layer!r} has {len(new)} units in one epoch and {len(levels)} in "
                    "another, whose columns cannot be pooled; use -p scope=layer"
                )
            levels = [_joined(*pair) for pair in zip(levels, new, strict=True)] if levels else new
        return [self.estimator.edges_among(one, layer) for one in levels]

    def _epochs(self, layer: str) -> Iterator[Array]:
        for stored in self.layers:
            if stored.layer == layer:
                whole = stored.stored.load()
                part = self.layout.matrix(whole, stored.place, stored.stored.where)
                values = as_numbers(part, stored.stored.where)
                yield values[np.isfinite(values).all(axis=1)]


def _joined(one: Array, other: Array) -> Array:
    return distinct(np.concatenate((one, other)))
