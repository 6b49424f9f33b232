"""One conversion for all that speaks Arrow: its values become a ``Column``."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.tables.arrowbuffers import floats, joined, numbers
from mitool.tables.arrowtypes import is_usable, unreadable
from mitool.tables.arrowwholes import decimals, start_of, units_of, wholes
from mitool.tables.column import Column, Origin, coded
from mitool.tables.largenumbers import counted


def from_arrow(name: str, values: Any, where: str, start: int | None = None) -> Column:
    """Convert a ``pyarrow.ChunkedArray`` of any flat type.

    Whole numbers, times and decimals beyond what floats hold are given less ``start``, in their
    own unit; None finds it by the rule of ``largenumbers``.
    """
    import pyarrow.types as types

    kind = values.type
    if not is_usable(kind):
        raise unreadable(name, kind, where)
    if types.is_null(kind):
        return Column(name, np.full(len(values), np.nan))
    if types.is_floating(kind):
        return Column(name, floats(values.chunks))
    if types.is_boolean(kind):
        return coded(name, floats(values.chunks), ("false", "true"), "bool")
    per_unit = units_of(kind)
    if per_unit is None:
        return labels(name, values, where)
    start = (start_of(values) or 0) if start is None else start
    if types.is_decimal(kind):
        return decimals(name, values, start, per_unit)
    origin: Origin = "time" if types.is_temporal(kind) else "number"
    whole, missing = wholes(values)
    return counted(name, whole, missing, start, per_unit, origin)


def labels(name: str, values: Any, where: str) -> Column:
    """Convert text or dictionaries, of which each chunk may have its own, to sorted labels.

    Encoding here loads all of pyarrow.compute, so readers ask for dictionaries where they can.
    """
    import pyarrow.types as types

    is_encoded = types.is_dictionary(values.type)
    chunks = values.chunks if is_encoded else values.dictionary_encode().chunks
    codes: list[NDArray[np.float64]] = []
    words: list[str | None] = []
    for chunk in chunks:
        if is_encoded or not words:  # chunks encoded here share one dictionary
            start = len(words)
            words += _decoded(name, chunk.dictionary, where)
        places = numbers(chunk.indices)
        codes.append(places + start if start else places)
    return coded(name, joined(codes), words, "text")


def _decoded(name: str, words: Any, where: str) -> list[str | None]:
    """Give the words of an Arrow array; whether they are text is found here."""
    try:
        return [None if word is None else str(word) for word in words.to_pylist()]
    except UnicodeDecodeError as error:
        raise MitoolError(
            f"{where} is cut short or damaged (column {name!r} holds bytes that are no text); copy "
            "or make it again"
        ) from error
