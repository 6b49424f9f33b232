"""Which columns of an Arrow table can be numbers, labels or times."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from mitool.errors import MitoolError
from mitool.tables.columnnames import ColumnNames
from mitool.tables.reader import Reason

PANDAS_INDEX = re.compile(r"__index_level_\d+__")


def unreadable(name: str, kind: Any, where: str) -> MitoolError:
    """Say that a column cannot be read, and what to do."""
    is_binary = str(kind).endswith("binary")
    remedy = "cast it to text" if is_binary else "spread it into one column for each number"
    return MitoolError(
        f"{where}: column {name!r} holds {kind}, which is neither numbers, labels nor times; "
        f"{remedy}"
    )


def is_usable(kind: Any) -> bool:
    """Whether values of an Arrow type can be numbers, labels or times."""
    import pyarrow.types as types

    if types.is_temporal(kind):
        return not types.is_interval(kind)
    flat = (types.is_null, types.is_integer, types.is_floating, types.is_decimal, types.is_boolean)
    return types.is_dictionary(kind) or is_text(kind) or any(test(kind) for test in flat)


def unusable(names: ColumnNames, schema: Any) -> dict[str, Reason]:
    """Give the columns of an Arrow schema whose values cannot, and why."""
    kinds = [schema.field(place).type for place in names.places(names, schema.names)]
    return {
        name: ("unusable", str(kind))
        for name, kind in zip(names, kinds, strict=True)
        if not is_usable(kind)
    }


def is_text(kind: Any) -> bool:
    """Whether an Arrow type is text."""
    import pyarrow.types as types

    return any(test(kind) for test in (types.is_string, types.is_large_string, is_view(types)))


def is_view(types: Any) -> Any:
    """Find the test for string views, which older versions of pyarrow lack."""
    return getattr(types, "is_string_view", lambda kind: False)


def without_pandas_index(names: Sequence[str]) -> ColumnNames:
    """Leave out the nameless index that pandas stores as a column."""
    return ColumnNames(name for name in names if not PANDAS_INDEX.fullmatch(name))


def require_rows(n_rows: int, where: str) -> None:
    """Refuse a table without rows."""
    if n_rows < 1:
        raise MitoolError(f"{where} has columns but no rows")
