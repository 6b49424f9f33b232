"""What is no table in memory, and what to give instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from textwrap import shorten
from typing import Any

from mitool.errors import MitoolError
from mitool.tables.source import one_line

WANTED = "give an array, a list, a Series, a data frame, or a dict of them"

STREAM = "__arrow_c_stream__"
"""What hands over its values in Arrow's way has this method."""

LONGEST = 160

NOT_YET = {"polars": "collect", "dask": "compute", "pyspark": "toPandas"}
"""Of libraries whose data may still have to be computed: what does it."""


def libraries_of(data: object) -> set[str]:
    """Name the packages that the type of an object, or one that it derives from, is from."""
    return {kind.__module__.split(".")[0] for kind in type(data).__mro__}


def refuse_untabular(data: object, what: str) -> None:
    """Raise where data in memory are known to be no table; ``what`` is what messages call them."""
    reason = reason_against(data)
    if reason is not None:
        raise MitoolError(f"{what} {reason}")


def reason_against(data: Any) -> str | None:
    """Say why data are no table and what to do, None if nothing speaks against them."""
    kind = "None" if data is None else with_article(type(data).__name__)
    if isinstance(data, str | bytes | bytearray | None):
        return f"is {kind}, which holds no rows; {WANTED}"
    if type(data).__module__.startswith("scipy.sparse"):
        return f"is {kind}, a sparse matrix; spread it out by .toarray()"
    if isinstance(data, Set):
        return f"is {kind}, which has no order of rows; give a list"
    if hasattr(data, STREAM):
        return None
    if isinstance(data, Iterator):
        return f"is {kind}, which can be read only once; give list() of it"
    for library, method in NOT_YET.items():
        if library in libraries_of(data) and hasattr(data, method):
            return f"is {kind}, whose values are still to be computed; give .{method}() of it"
    return None


def no_table(data: object, what: str) -> MitoolError:
    """Say that an object of an unknown kind cannot be used."""
    kind = with_article(type(data).__name__)
    remedy = "give list() of it" if isinstance(data, Iterable) else WANTED
    return MitoolError(f"{what} is {kind}, which holds no table that mitool knows; {remedy}")


def with_article(kind: str) -> str:
    """Put a or an before the name of a type."""
    return f"{'an' if kind[:1].lower() in set('aeiou') else 'a'} {kind}"


def in_short(error: Exception) -> str:
    """Give what an error says in one line, cut where it quotes a long value."""
    return shorten(one_line(error), LONGEST)
