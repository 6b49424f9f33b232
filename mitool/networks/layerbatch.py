"""The layers of all epochs as a batch: each is read, measured and forgotten by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from mitool.choices import Unit
from mitool.errors import attempt
from mitool.networks.activations import Activations, Inputs
from mitool.networks.collecting import StoredLayer
from mitool.networks.companions import Labels, require_rows, stored_labels
from mitool.networks.covariances import spectra
from mitool.networks.gapbound import GapBound
from mitool.networks.layernotes import death
from mitool.networks.layeroutline import LayersOutline
from mitool.networks.planes import Plane
from mitool.networks.quantities import LayerEstimate, Method, Quantity, layer_estimate
from mitool.networks.storedarrays import Array, InMemory, Stored, as_numbers
from mitool.networks.unitaxes import Layout
from mitool.networks.weightmatrices import StoredWeights, weight_rows
from mitool.once import once
from mitool.result import Estimate
from mitool.tasks.records import Record

BLOCK = 1 << 20


@dataclass(frozen=True, eq=False)
class LayerBatch:
    """All that a run over layers needs; each layer is one task, and so is each matrix of weights.

    ``labels`` are for all layers; None takes those that lie beside each. ``inputs`` likewise.
    """

    layers: Sequence[StoredLayer]
    planes: Sequence[Plane]
    labels: Sequence[Labels] | None = None
    inputs: Stored | None = None
    layout: Layout = field(default_factory=Layout)
    with_spectra: bool = True
    bound: GapBound | None = None
    weights: Sequence[StoredWeights] = ()
    channel_noise: float = 1.0
    unit: Unit = "nats"

    @property
    def outline(self) -> LayersOutline:
        """What the tasks are as a whole; their numbers of rows differ."""
        n_tasks = len(self.layers) + len(self.weights)
        fields = tuple(LayerEstimate.fields)
        return LayersOutline(
            item_name="layers", n_tasks=n_tasks, n_rows=0, fields=fields, unit=self.unit
        )

    @property
    def digest(self) -> str:
        """A checksum of all files, and of the labels."""
        checksum = blake2b(digest_size=16)
        for stored in self._arrays:
            checksum.update(repr((stored.key, stored.shape)).encode())
        for path in self.paths:
            with Path(path).open("rb") as file:
                while block := file.read(BLOCK):
                    checksum.update(block)
        for labels in self.labels or ():
            checksum.update(repr(labels.name).encode() + labels.variable.values.tobytes())
        return checksum.hexdigest()

    @property
    def _arrays(self) -> list[Stored]:
        """All arrays that are read, in the order of the tasks."""
        arrays = [one.stored for one in self.layers] + [one.stored for one in self.weights]
        arrays += [s for one in self.layers for s in (*one.labels.values(), one.inputs) if s]
        return [*arrays, *filter(None, [self.inputs])]

    @property
    def paths(self) -> list[str]:
        """The files that are read, each once."""
        return list(dict.fromkeys(s.path for s in self._arrays if not isinstance(s, InMemory)))

    @property
    def inputs_read(self) -> list[dict[str, Any]]:
        """The files as a report records them; rows are those of the first layer in each."""
        rows = {one.stored.path: one.n_rows for one in reversed(self.layers)}
        return [
            {
                "path": path,
                "format": Path(path).suffix.lstrip(".").lower(),
                "bytes": Path(path).stat().st_size,
                "rows": rows.get(path),
                "columns": None,
            }
            for path in self.paths
        ]

    def run(self, numbers: range) -> list[Record]:
        """Measure the layers of these numbers; what fails is a row that says why."""
        return [
            Record.of(number, [found.to(self.unit) for found in self.estimates(number)])
            for number in numbers
        ]

    def all_estimates(self, numbers: range) -> list[list[LayerEstimate]]:
        """Measure the layers of these numbers, in nats."""
        return [self.estimates(number) for number in numbers]

    def estimates(self, number: int) -> list[LayerEstimate]:
        """Measure one layer or matrix, in nats."""
        if number >= len(self.layers):
            weights = self.weights[number - len(self.layers)]
            return attempt(
                lambda: list(weight_rows(weights, self.channel_noise)),
                lambda error: [_failed(weights.epoch, weights.layer, str(error))],
            )
        stored = self.layers[number]
        return attempt(
            lambda: list(self._measured(self.read(stored))),
            lambda error: [_failed(stored.epoch, stored.layer, str(error))],
        )

    def read(self, stored: StoredLayer) -> Activations:
        """Read a layer, with its labels and inputs."""
        native = self.matrix(stored.stored, stored)
        labels = self.labels
        if labels is None:
            labels = [stored_labels(name, found) for name, found in stored.labels.items()]
        inputs = self.inputs_of(stored)
        lengths = {f"labels {one.name!r}": len(one.variable) for one in labels}
        if inputs is not None:
            lengths["the array of inputs"] = len(inputs.values)
        require_rows(stored, lengths)
        return Activations(stored.layer, stored.epoch, stored.title, native, labels, inputs)

    def matrix(self, array: Stored, layer: StoredLayer) -> Array:
        """Read the rows of a layer, (n, d)."""
        whole = array.load()
        part = self.layout.matrix(whole, layer.place, array.where)
        return as_numbers(part, array.where)

    def inputs_of(self, layer: StoredLayer) -> Inputs | None:
        """Read the inputs of a layer: those of all, which are kept, or those beside it."""
        if self.inputs is not None:
            return self._shared_inputs
        return None if layer.inputs is None else Inputs(flat(layer.inputs))

    @once
    def _shared_inputs(self) -> Inputs:
        assert self.inputs is not None
        return Inputs(flat(self.inputs))

    def _measured(self, layer: Activations) -> Iterator[LayerEstimate]:
        """Yield the rows of a layer; what is said of the layer stands at the first."""
        notes = tuple(death(layer))
        for method, found in self._found(layer):
            yield layer_estimate(layer, method, replace(found, notes=(*notes, *found.notes)))
            notes = ()

    def _found(self, layer: Activations) -> Iterator[tuple[Method, Quantity]]:
        for plane in self.planes:
            for found in plane.read(layer):
                yield plane.method, found
        if self.with_spectra:
            yield from spectra(layer)
        if self.bound is not None:
            yield from self.bound.read(layer)


def flat(stored: Stored) -> Array:
    """Read an array whose first axis is of rows, all others flattened."""
    array = stored.read()
    return np.ascontiguousarray(array.reshape(len(array), -1))


def _failed(epoch: int | None, layer: str, message: str) -> LayerEstimate:
    estimate = Estimate(layer, None, "", None, status="failed", message=message)
    return LayerEstimate(epoch, layer, "", estimate)
