"""Which axis of an array is what: rows, units, places of a map, layers, epochs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.choices import Pooling
from mitool.errors import MitoolError, UsageError

AXES = ("n", "layer", "epoch", "d", "s")
"""Rows, layers, epochs, units, and places of a map, over which ``pool`` goes."""
POOLS: dict[str, Any] = {"mean": np.mean, "max": np.max}


@dataclass(frozen=True)
class Place:
    """One layer of one epoch within an array that may hold several."""

    layer: int | None = None
    epoch: int | None = None


@dataclass(frozen=True)
class Layout:
    """How arrays of more than two dimensions are taken.

    Without ``axes`` the first axis is of rows and the second of units or channels; those behind
    are places of a map. Maps are flattened, or pooled to a number a channel.
    """

    axes: tuple[str, ...] = ()
    pool: Pooling = "none"

    @classmethod
    def parsed(cls, axes: str | None, pool: Pooling) -> Layout:
        """Read the names of axes, such as ``n,layer,d``."""
        names = tuple(name.strip() for name in axes.split(",")) if axes else ()
        single = [names.count(name) for name in ("n", "layer", "epoch")]
        if names and (not set(names) <= set(AXES) or single[0] != 1 or max(single) > 1):
            raise UsageError(
                "--axes names each axis once by n (rows), layer or epoch, and d (units) or s "
                f"(places of a map) as often as need be, such as n,layer,d; got {axes!r}"
            )
        return cls(names, pool)

    def of(self, shape: tuple[int, ...], where: str) -> tuple[str, ...]:
        """Give the names of the axes of an array of this shape."""
        if self.axes and len(shape) > 2 and len(self.axes) != len(shape):
            raise MitoolError(
                f"{where} has {len(shape)} axes, of shape {shape}, but --axes names "
                f"{len(self.axes)}: {','.join(self.axes)}"
            )
        if self.axes and len(self.axes) == len(shape):
            return self.axes
        return ("n", "d", *["s"] * (len(shape) - 2))[: len(shape)]

    def places(self, shape: tuple[int, ...], where: str) -> Iterator[Place]:
        """Yield the layers and epochs of an array: one of each where no axis counts them."""
        sizes = dict(zip(self.of(shape, where), shape, strict=True))
        ranges = [range(sizes[name]) if name in sizes else [None] for name in ("layer", "epoch")]
        yield from (Place(layer, epoch) for layer, epoch in product(*ranges))

    def n_rows(self, shape: tuple[int, ...], where: str) -> int:
        """Give the number of rows."""
        return shape[self.of(shape, where).index("n")]

    def matrix(self, array: NDArray[Any], place: Place, where: str) -> NDArray[Any]:
        """Take one layer of one epoch out of an array: (n, d), in one stretch of memory."""
        names = self.of(array.shape, where)
        index = [getattr(place, n) if n in ("layer", "epoch") else slice(None) for n in names]
        part = array[tuple(index)]
        left = [name for name in names if name not in ("layer", "epoch")]
        part = np.moveaxis(part, left.index("n"), 0)
        left.remove("n")
        if self.pool != "none":
            spots = tuple(at for at, name in enumerate(left, 1) if name == "s")
            part = POOLS[self.pool](part, axis=spots) if spots else part
        return np.ascontiguousarray(part.reshape(len(part), -1))
