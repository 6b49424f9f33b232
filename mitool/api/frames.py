"""Rows of a report as frames of pandas, which is needed for nothing else here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from mitool.errors import ExitStatus, MitoolError
from mitool.result.fields import Field

if TYPE_CHECKING:
    import pandas

DTYPES = {"text": "object", "json": "object", "integer": "Int64", "number": "float64"}


def require_pandas(what: str) -> None:
    """Say how to install pandas, where it is not."""
    if find_spec("pandas") is None:
        raise MitoolError(
            f"{what} needs the package pandas; install it with pip install pandas, or use "
            "to_arrow()",
            exit_status=ExitStatus.MISSING_EXTRA,
        )


def frame_of(rows: Sequence[Mapping[str, Any]], fields: Sequence[Field]) -> pandas.DataFrame:
    """Give a row for each mapping and a column for each field, of its type."""
    import pandas

    columns = {
        field.name: pandas.Series(
            [row[field.name] for row in rows],
            dtype=DTYPES[field.type],  # type: ignore[arg-type,unused-ignore]
        )
        for field in fields
    }
    return pandas.DataFrame(columns)
