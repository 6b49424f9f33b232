"""What a model predicted, from a file of NumPy, two of them, or a table of p_… and label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from mitool.errors import MitoolError, UsageError
from mitool.models.classes.calibration import marks_of
from mitool.models.classes.class_rows import ClassRows, Form, labels_among, log_probabilities
from mitool.tables import Column, Table, open_table
from mitool.tables.namedarrays import is_numpy, named_arrays

PREDICTIONS = (
    *("smx", "probs", "probabilities", "logits", "log_probs", "logp", "truth", "members"),
)
LABELS = ("labels", "label", "y")
PREFIX, SPLIT = "p_", "split"


@dataclass(frozen=True, eq=False)
class Given:
    """What was read: an array, its labels, the names of its classes and a column that splits."""

    name: str
    values: Any
    labels: Any = None
    classes: tuple[str, ...] | None = None
    split: Sequence[object] | None = None
    entries: tuple[dict[str, object], ...] = ()

    def divided(self, split: Sequence[object]) -> Given:
        """Say of each row whether it calibrates or tests."""
        if len(split) != len(self.values):
            raise MitoolError(
                f"the split has {len(split)} rows, but {self.name} has {len(self.values)}"
            )
        return replace(self, split=split)

    def rows(self, form: Form) -> ClassRows:
        """Check it as probabilities and labels of rows."""
        logs = log_probabilities(self.values, form, self.name)
        if logs.ndim != 2:
            raise UsageError(
                f"{self.name} has {logs.ndim} axes; name them with --axes member,item,class"
            )
        if self.labels is None:
            raise UsageError(
                f"{self.name} has no labels; name a second file of them, or --axes for an "
                "ensemble, or --tokens for a sequence"
            )
        labels = labels_among(self.labels, len(logs), logs.shape[1], self.name, self.classes)
        marks = None if self.split is None else marks_of(self.split, self.name)
        return ClassRows(self.name, logs, labels, form != "truth", marks)


def read_predictions(
    files: Sequence[str], split: str | None = None, *, splits_itself: bool = True
) -> Given:
    """Read one file, or predictions and labels from two; ``split`` names a column of a table.

    Where none is named the column ``split`` divides the rows of a table, if it ``splits_itself``.
    """
    if len(files) > 2:
        raise UsageError(f"predictions take PROBS and perhaps LABELS, got {len(files)} files")
    if not is_numpy(files[0]):
        if len(files) == 2:
            raise UsageError(f"{files[0]} is a table, which holds its labels in the column 'label'")
        return given_of_table(open_table(files), split, splits_itself=splits_itself)
    if split is not None:
        raise UsageError(f"--split {split} names a column of a table; {files[0]} is an array")
    found = named_arrays(files[0])
    values = np.asarray(found.first_of(PREDICTIONS, "predictions")[:])
    labels = next((found.arrays[name] for name in LABELS if name in found.arrays), None)
    entries: tuple[dict[str, object], ...] = (found.entry,)
    if len(files) == 2:
        if labels is not None:
            raise UsageError(f"{files[0]} holds labels already; leave out {files[1]}")
        labels, entry = labels_of_file(files[1])
        entries = (*entries, entry)
    return Given(found.label, values, labels, entries=entries)


def labels_of_file(path: str) -> tuple[Any, dict[str, object]]:
    """Read a label a row from an array, or from the one column of a table."""
    if is_numpy(path):
        found = named_arrays(path)
        return np.asarray(found.first_of(LABELS, "labels")[:]), found.entry
    table = open_table([path])
    if len(table.names) != 1:
        raise MitoolError(f"{path} has {len(table.names)} columns; labels need one")
    [column] = table.read(table.names)
    return _texts(column, path), _entry(table)


def is_class_table(table: Table) -> bool:
    """Whether a table has columns of probabilities."""
    return any(name.startswith(PREFIX) for name in table.names)


def given_of_table(table: Table, split: str | None = None, *, splits_itself: bool = True) -> Given:
    """Take the columns p_…, label, and the one that splits the rows, if there is any."""
    names = [name for name in table.names if name.startswith(PREFIX)]
    if len(names) < 2 or "label" not in table.names:
        raise MitoolError(
            f"{table.label} needs the columns {PREFIX}… of two classes or more, and label; it has "
            f"{', '.join(table.names)}"
        )
    values = np.column_stack([_numbers(c, table.label) for c in table.read(names)])
    [label] = table.read(["label"])
    chosen = split or (SPLIT if splits_itself and SPLIT in table.names else None)
    marks = None
    if chosen is not None:
        [column] = table.read(table.select(chosen))
        marks = _texts(column, table.label)
    classes = tuple(name.removeprefix(PREFIX) for name in names)
    return Given(table.label, values, _texts(label, table.label), classes, marks, (_entry(table),))


def _entry(table: Table) -> dict[str, object]:
    return asdict(table.inputs[0])


def _numbers(column: Column, where: str) -> Any:
    if column.labels is not None:
        raise MitoolError(f"column {column.name!r} of {where} holds no numbers")
    return column.values


def _texts(column: Column, where: str) -> Any:
    """Give the values of a column as they were written, whole numbers without a point."""
    missing = np.isnan(column.values)
    if missing.any():
        raise MitoolError(
            f"column {column.name!r} of {where} has no value in row {int(np.argmax(missing))}"
        )
    if column.labels is not None:
        return np.array(column.labels)[column.values.astype(np.int64)]
    return np.array([f"{value:g}" for value in column.values.tolist()])
