"""Layers in memory and files of them, as the tests of networks need them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mitool.measure.settings import Settings
from mitool.networks.activations import Activations, Inputs
from mitool.networks.companions import Labels, labels_from
from mitool.networks.planes import plane_of
from mitool.networks.quantities import Quantity
from mitool.tables.column import Column


def classes(values: object, name: str = "labels") -> Labels:
    """Give labels of (n,) class numbers."""
    return labels_from(name, Column(name, np.asarray(values, dtype=float).reshape(-1)), name)


def layer(
    values: object, *labels: Labels, inputs: object = None, name: str = "fc", epoch: int = 1
) -> Activations:
    """Give a layer of (n, d) activations, in their own type."""
    native = np.ascontiguousarray(values)
    given = None if inputs is None else Inputs(np.ascontiguousarray(inputs))
    return Activations(name, epoch, f"layer {name!r} of epoch {epoch}", native, labels, given)


def plane(of: Activations, estimator: str, **params: Any) -> dict[str, Quantity]:
    """Measure a layer of one set of labels: each quantity under its name."""
    settings = Settings(estimator, params)
    made = plane_of(settings, with_labels=bool(of.labels), with_inputs=of.inputs is not None)
    return {found.name: found for found in made.read(of)}


def save_epochs(
    folder: Path, epochs: Sequence[int] = (1, 2, 10), seed: int = 0, **more: Any
) -> dict[int, Mapping[str, np.ndarray]]:
    """Write ``epochN.npz`` of two layers of 60 rows and labels, and give what they hold."""
    rng, made = np.random.default_rng(seed), {}
    for epoch in epochs:
        first = np.maximum(rng.standard_normal((60, 4)), 0).astype(np.float32)
        second = np.tanh(first @ rng.standard_normal((4, 2)))
        y = np.arange(60) % 3
        made[epoch] = {"act_fc1": first, "act_fc2": second, "labels": y} | more
        np.savez(folder / f"epoch{epoch}.npz", **made[epoch])
    return made
