"""Which plane an estimator gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from mitool.errors import UsageError
from mitool.estimators.bins import Bins
from mitool.estimators.ebab import EBAB
from mitool.estimators.kde_bounds import KDEBounds
from mitool.measure.settings import Settings
from mitool.networks.activations import Activations
from mitool.networks.countplane import CountPlane
from mitool.networks.noiseplane import NoisePlane
from mitool.networks.otherplane import OtherPlane
from mitool.networks.quantities import Method, Quantity

DEFAULT = ("ebab", "kde-bounds")
"""What is taken where no estimator is named."""


class Plane(Protocol):
    """What measures layers."""

    @property
    def method(self) -> Method:
        """The words of a report."""
        ...

    def read(self, layer: Activations) -> Iterator[Quantity]:
        """Measure a layer; the same quantities, in the same order, of every layer."""
        ...


def plane_of(settings: Settings, *, with_labels: bool, with_inputs: bool) -> Plane:
    """Give the plane of an estimator; refuse one that could say nothing of what is given."""
    if settings.estimator == "auto":
        raise UsageError("layers takes estimators by name: ebab, kde-bounds, bins, dsmi, csqmi, …")
    estimator = settings.named
    if isinstance(estimator, EBAB | Bins):
        return CountPlane.of(settings)
    if isinstance(estimator, KDEBounds):
        return NoisePlane.of(settings)
    other = OtherPlane(settings)
    other.check(with_labels=with_labels, with_inputs=with_inputs)
    return other
