"""Log-probabilities in long form, a row for each sample under each context: one matrix a group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.models.belonging import mean_length
from mitool.models.pairing import Pairing, Places
from mitool.models.score_tiles import ArrayScores, Scores
from mitool.tables import Column, Table

NEEDED = ("ctx_sampled", "ctx_scored", "logprob")
OPTIONAL = ("sample", "n_tokens", "group")
"""What the columns of the long form are called; ``sample`` tells those of one context apart."""


@dataclass(frozen=True, eq=False)
class LongScores:
    """The matrices of the groups in order, and the mean length of a sample where it is given."""

    parts: list[tuple[Scores, Pairing]]
    is_grouped: bool
    n_tokens: float | None


def is_long(table: Table) -> bool:
    """Whether a table has the columns of the long form."""
    return all(name in table.names for name in NEEDED)


def read_long(table: Table, by: str | None = None) -> LongScores:
    """Read a table in long form; ``by`` is the column of groups, ``group`` if there is one."""
    group = by or ("group" if "group" in table.names else None)
    names = [*NEEDED, *(name for name in OPTIONAL[:2] if name in table.names)]
    columns = {c.name: c for c in table.read([*names, *([group] if group else [])])}
    for column in columns.values():
        if np.isnan(column.values).any():
            row = int(np.flatnonzero(np.isnan(column.values))[0]) + 1
            raise MitoolError(f"{table.label}: row {row} has no value in column {column.name!r}")
    for name in ("logprob", "n_tokens"):
        if name in columns and columns[name].labels is not None:
            raise MitoolError(
                f"{table.label}: column {name!r} holds text, where numbers are needed"
            )
    keys = _codes(columns, table.label)
    groups = np.unique(columns[group].values, return_inverse=True)[1] if group else None
    numbers = np.zeros(len(keys["sampled"]), dtype=np.int64) if groups is None else groups
    parts = [
        _matrix(keys, columns["logprob"].values, np.flatnonzero(numbers == number), table.label)
        for number in range(int(numbers.max()) + 1)
    ]
    return LongScores(parts, group is not None, _mean_length(keys, numbers, columns))


def _codes(columns: Mapping[str, Column], label: str) -> dict[str, Places]:
    """Number the contexts, alike whether they sampled or scored, and the samples."""
    sampled, scored = (_named(columns[name]) for name in NEEDED[:2])
    if sampled.dtype.kind != scored.dtype.kind:
        raise MitoolError(
            f"{label}: contexts are text in one of the columns ctx_sampled and ctx_scored and "
            "numbers in the other"
        )
    codes = np.unique(np.concatenate([sampled, scored]), return_inverse=True)[1]
    sample = columns.get("sample")
    number = np.zeros(len(sampled)) if sample is None else sample.values
    return {
        "sampled": codes[: len(sampled)],
        "scored": codes[len(sampled) :],
        "sample": np.unique(number, return_inverse=True)[1],
    }


def _named(column: Column) -> NDArray[Any]:
    if column.labels is None:
        return column.values
    return np.array(column.labels)[column.values.astype(np.int64)]


def _matrix(
    keys: Mapping[str, Places], scores: NDArray[np.float64], rows: Places, label: str
) -> tuple[Scores, Pairing]:
    """Put the rows of one group into a matrix: contexts by samples, in the order of contexts."""
    sampled, scored, sample = (keys[name][rows] for name in ("sampled", "scored", "sample"))
    contexts = np.unique(np.concatenate([sampled, scored]))
    pairs, column = np.unique(np.stack([sampled, sample]), axis=1, return_inverse=True)
    row, column = np.searchsorted(contexts, scored), column.ravel()
    places = row * pairs.shape[1] + column
    n_cells = len(contexts) * pairs.shape[1]
    if len(np.unique(places)) < len(places):
        first = _repeated(places)
        raise MitoolError(
            f"{label}: row {int(rows[first]) + 1} scores a sample again under the same context; "
            "number the samples of a context in a column 'sample'"
        )
    if len(places) < n_cells:
        raise MitoolError(
            f"{label}: {n_cells - len(places)} of {n_cells} scores are missing; every sample is "
            "to be scored under every context of its group"
        )
    matrix = np.empty(n_cells)
    matrix[places] = scores[rows]
    owner = np.searchsorted(contexts, pairs[0])
    whole = ArrayScores(label, matrix.reshape(len(contexts), -1))
    return whole, Pairing(owner, len(contexts))


def _repeated(places: Places) -> int:
    """Give the first place in the list that stands in it before."""
    first = np.unique(places, return_index=True)[1]
    again = np.ones(len(places), dtype=bool)
    again[first] = False
    return int(np.flatnonzero(again)[0])


def _mean_length(
    keys: Mapping[str, Places], groups: Places, columns: Mapping[str, Column]
) -> float | None:
    if "n_tokens" not in columns:
        return None
    names = np.stack([groups, keys["sampled"], keys["sample"]])
    first = np.unique(names, axis=1, return_index=True)[1]
    return mean_length(columns["n_tokens"].values[first])
