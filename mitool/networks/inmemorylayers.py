"""Layers that a caller has in memory, as those of files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from numbers import Integral
from typing import Any

import numpy as np

from mitool.errors import MitoolError, UsageError
from mitool.networks.collecting import StoredLayer, in_order, require_same_rows
from mitool.networks.storedarrays import InMemory
from mitool.networks.unitaxes import Layout


def layers_in_memory(data: Mapping[Any, Any], layout: Layout) -> list[StoredLayer]:
    """Take a mapping of layers to arrays, or of epochs to such mappings."""
    nested = [isinstance(held, Mapping) for held in data.values()]
    if any(nested) and not all(nested):
        raise UsageError("data maps layers to arrays, or epochs to such mappings, not both")
    epochs = data if all(nested) and nested else {None: data}
    layers = [one for epoch, held in epochs.items() for one in _layers(epoch, held, layout)]
    if not layers:
        raise MitoolError("data holds no layers: arrays of two axes or more, the first of rows")
    require_same_rows(layers)
    return in_order(layers)


def _layers(epoch: Any, held: Mapping[Any, Any], layout: Layout) -> Iterator[StoredLayer]:
    if epoch is not None and not isinstance(epoch, Integral):
        raise UsageError(f"epochs are whole numbers, got {epoch!r}")
    for name, values in held.items():
        array = np.asarray(values)
        if array.ndim < 2 or 0 in array.shape:
            raise MitoolError(f"layer {name!r} has shape {array.shape}; a layer is rows of units")
        stored = InMemory("data", str(name), array.shape, array)
        for place in layout.places(array.shape, stored.where):
            number = epoch if place.epoch is None else place.epoch
            layer = str(name) if place.layer is None else f"{name}[{place.layer}]"
            n_rows = layout.n_rows(array.shape, stored.where)
            yield StoredLayer(None if number is None else int(number), layer, stored, place, n_rows)
