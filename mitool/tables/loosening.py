"""The types that values of a text file may have, tried one after the other."""

from __future__ import annotations

from typing import Any

LOOSER = (
    *("null", "int64", "bool", "date32[day]", "time32[s]", "timestamp[s]", "timestamp[ns]"),
    "double",
)
"""As pyarrow loosens the type of a whole column; last of all come its words, numbered."""


def looser(kind: Any) -> Any:
    """Give the type after this one; None is before the first of all, and after the last."""
    import pyarrow

    text = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
    if kind == text:
        return None
    after = LOOSER.index(str(kind)) + 1 if str(kind) in LOOSER else 0
    return text if after == len(LOOSER) else pyarrow.type_for_alias(LOOSER[after])
