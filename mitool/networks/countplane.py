"""The plane by counting: units cut into bins, rows of bins as the values of a layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import log
from typing import Any

import numpy as np

from mitool.estimators.bins import Bins
from mitool.estimators.ebab import EBAB
from mitool.estimators.nsb import NSB
from mitool.estimators.parameters import params_of
from mitool.estimators.plugin import Plugin
from mitool.kernels.counts.coded import Coded, combine
from mitool.kernels.counts.distinctbins import code_cells
from mitool.measure.settings import Settings
from mitool.networks.activations import Activations, coded, label_entropy
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
from mitool.networks.storedarrays import Array

GRASSBERGER, BAYES = Plugin(correction="grassberger"), NSB()


@dataclass(frozen=True, eq=False)
class CountPlane:
    """Bins of distinct values, or others: plug-in entropies of the cells unless asked otherwise.

    ``edges_of_all`` gives the edges of a layer over all epochs, where these are asked for.
    """

    name: str
    estimator: EBAB | Bins
    edges_of_all: Callable[[str], list[Array]] | None = None

    @classmethod
    def of(cls, settings: Settings) -> CountPlane:
        """Make it of an estimator that counts; without a correction unless one is named."""
        estimator = settings.named
        assert isinstance(estimator, EBAB | Bins)  # chosen by ``plane_of``
        if "correction" not in settings.params:
            estimator = replace(estimator, correction="none")
        return cls(settings.estimator, estimator)

    @property
    def method(self) -> Method:
        """The words of a report."""
        return Method(self.name, params_of(self.estimator))

    def read(self, layer: Activations) -> Iterator[Quantity]:
        """Measure a layer."""
        t, edges = self._cells(layer)
        facts = {"n_cells": float(t.n_seen)} | edges
        whole = self._entropy(t)
        x = None if layer.inputs is None else layer.inputs.coded
        kept = whole if x is None else whole - (self._entropy(t, x) - self._entropy(x))
        notes = tuple(saturation(layer, self.name, kept, t.n_seen))
        words: dict[str, Any] = {"estimand": "binned_mi", "facts": facts}
        yield Quantity(OF_INPUTS, kept, "X", ceiling=layer.most, notes=notes, **words)
        words["estimand"] = "binned_entropy"
        yield Quantity(ENTROPY, whole, ceiling=log(len(layer)), **words)
        words["estimand"] = "binned_mi"
        for labels in layer.labels:
            yield from self._of_labels(layer, labels, t, words)

    def _of_labels(
        self, layer: Activations, labels: Labels, t: Coded, words: Mapping[str, Any]
    ) -> Iterator[Quantity]:
        y = coded(labels)
        h_y, h_ty = self._entropy(y), self._entropy(t, y)
        told = 0.0 if min(t.n_seen, y.n_seen) < 2 else self._entropy(t) + h_y - h_ty
        corrected = {
            "grassberger": GRASSBERGER.join(t, y).mi,
            "nsb": BAYES.join(t, y).mi,
        }
        ceiling = label_entropy(labels)
        yield Quantity(OF_LABELS, told, labels.name, ceiling=ceiling, extras=corrected, **words)
        within = h_ty - h_y
        if layer.inputs is not None:
            x = layer.inputs.coded
            within -= self._entropy(t, x, y) - self._entropy(x, y)
        ceiling = layer.most_within(labels)
        yield Quantity(WITHIN_LABELS, within, "X", labels.name, ceiling=ceiling, **words)

    def _entropy(self, *parts: Coded) -> float:
        """Give the joint entropy of codes, in nats."""
        return self.estimator.margin(combine(*parts) if len(parts) > 1 else parts[0])

    def _cells(self, layer: Activations) -> tuple[Coded, dict[str, float]]:
        """Give the rows of cells as codes, and what is said of the edges."""
        estimator = self.estimator
        if layer.is_dead:
            return Coded(np.zeros(len(layer), dtype=np.uint8), 1), {}
        if isinstance(estimator, EBAB):
            if self.edges_of_all is not None:
                edges = self.edges_of_all(layer.layer)
            else:
                edges = estimator.edges_of(layer.native, layer.title)
            said = {"n_edges": float(max(map(len, edges)))}
            if len(edges) == 1:
                said["low"] = float(edges[0][0])
            return code_cells(estimator.cells(layer.native, edges)), said
        return replace(estimator.prepare(layer.variable), columns=()), {}
