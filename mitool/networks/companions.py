"""What stands beside activations: labels, in several sets if need be, and inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.networks.collecting import OPENERS, StoredLayer, arrays_of
from mitool.networks.layernames import INPUTS, LABELS
from mitool.networks.storedarrays import Array, Stored
from mitool.tables import ReadOptions, open_table
from mitool.tables.column import Column
from mitool.tables.numpyvalues import from_array
from mitool.variables import Variable, gather

ARRAYS = (".npz", ".h5", ".hdf5", ".safetensors")
"""Files whose arrays are named by keys; all others are tables with columns."""


@dataclass(frozen=True, eq=False)
class Labels:
    """One set of labels: its name, and a class for each row."""

    name: str
    variable: Variable

    @property
    def codes(self) -> NDArray[np.int64]:
        """The classes as 0, 1, …, (n,)."""
        return self.variable.codes


def labels_from(name: str, column: Column, where: str) -> Labels:
    """Take a column as labels; one without repetition or with gaps tells nothing."""
    variable = gather([column], discrete=[column.name])
    if variable.missing is not None:
        raise MitoolError(
            f"{where} has no label in {int(variable.missing.sum())} of {len(variable)} rows; give "
            "every row one, or leave these rows out of all arrays"
        )
    if variable.n_levels == len(variable) > 1:
        raise MitoolError(
            f"{where} has a different value in each of its {len(variable)} rows, which cannot be "
            "classes; give class numbers, or cut a number into bins first"
        )
    return Labels(name, variable)


def stored_labels(name: str, stored: Stored) -> Labels:
    """Read labels from an array of shape (n,) or (n, 1)."""
    array = stored.load()
    return labels_from(
        name, from_array(name, _flat(array, stored.where), stored.where), stored.where
    )


def _flat(array: Array, where: str) -> Array:
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise MitoolError(
            f"{where} has shape {array.shape}; labels are one number or word a row, so give class "
            "numbers, such as labels.argmax(1) of one-hot rows"
        )
    return np.ascontiguousarray(array)


def labels_of(text: str) -> Labels:
    """Read FILE, FILE:KEY or FILE:COLUMN."""
    path, key = split(text)
    where = f"{path}, {key!r}" if key else path
    if Path(path).suffix.lower() in ARRAYS:
        stored = _keyed(path, key, LABELS, "labels")
        return stored_labels(key or stored.key, stored)
    table = open_table([path], ReadOptions())
    if key is None and len(table.names) > 1:
        shown = ", ".join(table.names[:10]) + (", …" if len(table.names) > 10 else "")
        raise MitoolError(f"{path} has several columns; name one by {path}:COLUMN, of {shown}")
    name = table.select(key)[0] if key else table.names[0]
    (column,) = table.read([name])
    return labels_from(key or Path(path).stem, column, where)


def split(text: str) -> tuple[str, str | None]:
    """Part FILE:KEY, unless there is a file of that whole name."""
    path, colon, key = text.rpartition(":")
    return (text, None) if not colon or Path(text).exists() else (path, key)


def stored_inputs(text: str) -> Stored:
    """Find inputs by FILE or FILE:KEY."""
    path, key = split(text)
    if Path(path).suffix.lower() not in OPENERS:
        raise MitoolError(f"{path} cannot hold inputs; it must end in {', '.join(OPENERS)}")
    return _keyed(path, key, INPUTS, "inputs")


def _keyed(path: str, key: str | None, usual: Sequence[str], what: str) -> Stored:
    """Find an array of a file by its key, by a usual key, or because there is no other."""
    arrays = arrays_of(path)
    named = {stored.key: stored for stored in arrays}
    if key is not None and key in named:
        return named[key]
    found = [s for s in arrays if s.key.rpartition("/")[2].lower() in usual] or arrays
    if key is not None and list(named) == [""]:
        raise MitoolError(f"{path} holds one array without a name; leave out ':{key}'")
    if key is not None or len(found) != 1:
        shown = ", ".join(list(named)[:10]) + (", …" if len(named) > 10 else "")
        lack = f"holds no {key!r}" if key is not None else f"has several arrays that may be {what}"
        raise MitoolError(f"{path} {lack}; name one by {path}:KEY, of {shown}")
    return found[0]


def require_rows(layer: StoredLayer, lengths: Mapping[str, int]) -> None:
    """Refuse labels or inputs of another length than a layer; names are what messages call them."""
    for name, n_rows in lengths.items():
        if n_rows != layer.n_rows:
            raise MitoolError(
                f"{name} has {n_rows} rows, but {layer.title} has {layer.n_rows}; rows are "
                "matched by their order, so save both for the same rows"
            )
