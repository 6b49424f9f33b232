"""The plane by noise: bounds of Kolchinsky & Tracey on what T + noise tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import e, log, pi, sqrt

from mitool.estimators.kde_bounds import POWERS, KDEBounds, uncertainty, uncertainty_within
from mitool.estimators.parameters import params_of
from mitool.kernels.gram.clouds import Cloud
from mitool.kernels.gram.wideclouds import wide_cloud
from mitool.measure.settings import Settings
from mitool.networks.activations import Activations, label_entropy
from mitool.networks.companions import Labels
from mitool.networks.layernotes import saturation
from mitool.networks.quantities import (
    ENTROPY,
    OF_INPUTS,
    OF_LABELS,
    WITHIN_LABELS,
    Method,
    Quantity,
)
from mitool.variables import Codes, Vector
from mitool.variables.magnitudes import require_squares

COMPILED_FROM = 1000
"""Rows from which the compiled loop is taken: a plane has many layers, which repay its import."""


def noisy_cloud(layer: Activations, deviation: float) -> Cloud:
    """Give the rows of a layer under the kernel of noise of this deviation."""
    require_squares(layer.title, layer.values)
    return wide_cloud(layer.values, deviation)


def told(cloud: Cloud, powers: Sequence[float] = POWERS) -> Vector:
    """Bound I(X;T'), in nats, for each power of the kernel."""
    return uncertainty(cloud, powers, compiled=cloud.n_rows >= COMPILED_FROM)


def told_within(cloud: Cloud, levels: Codes, powers: Sequence[float] = POWERS) -> Vector:
    """Bound I(X;T'|Y) likewise."""
    return uncertainty_within(cloud, levels, powers, compiled=cloud.n_rows >= COMPILED_FROM)


@dataclass(frozen=True, eq=False)
class NoisePlane:
    """Bounds on the information of a layer to which Gaussian noise is added."""

    estimator: KDEBounds
    name: str = "kde-bounds"

    @classmethod
    def of(cls, settings: Settings) -> NoisePlane:
        """Make it of ``kde-bounds`` with its parameters."""
        estimator = settings.named
        assert isinstance(estimator, KDEBounds)
        return cls(estimator)

    @property
    def method(self) -> Method:
        """The words of a report."""
        return Method(self.name, params_of(self.estimator))

    def read(self, layer: Activations) -> Iterator[Quantity]:
        """Measure a layer; the values are upper bounds, the lower ones stand beside them."""
        if layer.is_dead:
            yield from self._nothing(layer)
            return
        variance = self.estimator.variance(layer.variable)
        cloud = noisy_cloud(layer, sqrt(variance))
        upper, lower = told(cloud).tolist()
        floor = layer.n_dims / 2.0 * log(2.0 * pi * e * variance)
        yield self._bounded(layer, OF_INPUTS, (upper, lower), layer.most, variance)
        yield self._bounded(layer, ENTROPY, (floor + upper, floor + lower), None, variance)
        for labels in layer.labels:
            inner = told_within(cloud, labels.codes).tolist()
            yield _of_labels(labels, (upper, lower), inner, variance)
            most = layer.most_within(labels)
            within = self._bounded(layer, WITHIN_LABELS, inner, most, variance)
            yield replace(within, given=labels.name)

    def _bounded(
        self,
        layer: Activations,
        name: str,
        bounds: Sequence[float],
        most: float | None,
        variance: float,
    ) -> Quantity:
        """Give a quantity by its upper bound, with the lower one beside it."""
        is_entropy, (upper, lower) = name == ENTROPY, bounds
        return Quantity(
            name,
            upper,
            None if is_entropy else "X",
            ceiling=most,
            estimand="noisy_entropy" if is_entropy else "noisy_mi",
            extras={"lower": lower},
            facts={"noise_variance": variance},
            notes=tuple(saturation(layer, self.name, upper)) if name == OF_INPUTS else (),
        )

    def _nothing(self, layer: Activations) -> Iterator[Quantity]:
        """A dead layer tells nothing, whatever the noise; its entropy is that of the noise."""
        bounds = dict.fromkeys(("lower_type", "lower_bound", "upper_bound"), 0.0)
        nothing = Quantity(OF_INPUTS, 0.0, "X", ceiling=layer.most, estimand="noisy_mi")
        nothing = replace(nothing, extras={"lower": 0.0})
        yield nothing
        is_fixed = self.estimator.scale == "none"
        h = layer.n_dims / 2.0 * log(2.0 * pi * e * self.estimator.noise) if is_fixed else None
        why = None if is_fixed else "a dead layer has no scale of noise; use -p scale=none"
        yield Quantity(ENTROPY, h, estimand="noisy_entropy", message=why)
        for labels in layer.labels:
            most, within = label_entropy(labels), layer.most_within(labels)
            of_labels = replace(nothing, name=OF_LABELS, y=labels.name, ceiling=most)
            yield replace(of_labels, extras=bounds)
            yield replace(nothing, name=WITHIN_LABELS, given=labels.name, ceiling=within)


def _of_labels(
    labels: Labels, whole: Sequence[float], inner: Sequence[float], variance: float
) -> Quantity:
    """Give I(T;Y) as the difference of two upper bounds, which is no bound, and its bounds."""
    (upper, lower), (upper_within, lower_within) = whole, inner
    return Quantity(
        OF_LABELS,
        upper - upper_within,
        labels.name,
        ceiling=label_entropy(labels),
        estimand="noisy_mi",
        extras={
            "lower_type": lower - lower_within,
            "lower_bound": lower - upper_within,
            "upper_bound": upper - lower_within,
        },
        facts={"noise_variance": variance},
    )
