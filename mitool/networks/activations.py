"""One layer of one epoch in memory, with its labels and inputs, and what is known of it alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from mitool.errors import MitoolError
from mitool.estimators.plugin import Plugin
from mitool.kernels.counts.coded import Coded, code, combine
from mitool.kernels.gram.wideclouds import merged_rows
from mitool.networks.companions import Labels
from mitool.networks.storedarrays import Array
from mitool.once import once
from mitool.variables import Kind, Matrix, Variable

COUNTING = Plugin()


@dataclass(frozen=True, eq=False)
class Units(Variable):
    """The units of a layer, or inputs, as one variable that is called by one word."""

    title: str = ""

    @property
    def name(self) -> str:
        """What messages and reports call it."""
        return self.title


def units(title: str, values: Array) -> Units:
    """Make a variable of activations (n, d)."""
    names = tuple(f"{title}_{j}" for j in range(values.shape[1]))
    matrix = np.ascontiguousarray(values, dtype=np.float64)
    kind: Kind = "continuous"
    return Units(names, matrix, (kind,) * len(names), title=title)


@dataclass(frozen=True, eq=False)
class Inputs:
    """The inputs of a network, rows as those of its layers."""

    values: Array
    name: str = "X"

    @once
    def variable(self) -> Units:
        """The inputs as one variable."""
        return units(self.name, self.values)

    @once
    def coded(self) -> Coded:
        """Equal inputs as one code."""
        index, counts, _ = merged_rows(self.variable.values)
        return Coded(index.astype(np.min_scalar_type(len(counts))), len(counts))


@dataclass(frozen=True, eq=False)
class Activations:
    """A layer of an epoch: finite numbers (n, d), floats of 32 or 64 bits."""

    layer: str
    epoch: int | None
    title: str
    native: Array
    labels: Sequence[Labels] = ()
    inputs: Inputs | None = None

    def __post_init__(self) -> None:
        finite = np.isfinite(self.native)
        if not finite.all():
            n_nan = int(np.isnan(self.native).sum())
            n_infinite = int(finite.size - finite.sum()) - n_nan
            raise MitoolError(
                f"{self.title} has {n_nan} NaN and {n_infinite} infinite of {finite.size} "
                "activations; leave the epoch out, or look where the training diverged"
            )

    def __len__(self) -> int:
        return len(self.native)

    @property
    def n_dims(self) -> int:
        """How many units it has."""
        return int(self.native.shape[1])

    @once
    def is_dead(self) -> bool:
        """Whether all rows are the same, so that the layer tells nothing of anything."""
        return bool((self.native == self.native[:1]).all())

    @once
    def variable(self) -> Units:
        """The units as one variable."""
        return units(self.layer, self.native)

    @property
    def values(self) -> Matrix:
        """The activations as 64 bits, (n, d)."""
        return self.variable.values

    @once
    def n_distinct(self) -> int:
        """How many different rows there are."""
        rows, width = self.native.tobytes(), self.native.itemsize * self.n_dims
        return len({rows[at : at + width] for at in range(0, len(rows), width)})

    @once
    def most(self) -> float:
        """The largest I(X;T) that can be seen, in nats: the entropy of inputs, or log n."""
        return log(len(self)) if self.inputs is None else COUNTING.margin(self.inputs.coded)

    def most_within(self, labels: Labels) -> float:
        """The largest I(X;T|Y), in nats."""
        y = coded(labels)
        if self.inputs is None:
            return log(len(self)) - COUNTING.margin(y)
        return COUNTING.margin(combine(self.inputs.coded, y)) - COUNTING.margin(y)


def coded(labels: Labels) -> Coded:
    """Give labels as counts take them."""
    return code(labels.codes)


def label_entropy(labels: Labels) -> float:
    """Give the plug-in entropy of labels in nats: the largest I(T;Y)."""
    return COUNTING.margin(coded(labels))
