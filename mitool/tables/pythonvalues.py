"""Values as Python's libraries hold them become columns: series, Arrow arrays, objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.tables.column import Column, coded
from mitool.tables.convert import from_arrow
from mitool.tables.numpyvalues import from_array
from mitool.tables.untabular import in_short

MAX_INTEGER = 2.0**63

OF_NUMPY = frozenset(
    map(np.dtype, ("f2", "f4", "f8", *(f"{u}{n}" for u in "iu" for n in "1248"), "c16"))
)
"""Types of numbers that are the same by way of Arrow, which takes six times as long."""


def from_series(name: str, values: Any, where: str) -> Column:
    """Convert a pandas Series of any type; None, NaN, NaT and NA are missing."""
    kind = type(values.dtype).__name__
    if kind == "CategoricalDtype":
        return from_categories(name, values.cat, where)
    if kind == "PeriodDtype":
        values = values.dt.to_timestamp()
    elif kind == "SparseDtype":
        values = values.sparse.to_dense()
    if values.dtype in OF_NUMPY:
        return from_array(name, values.to_numpy(), where)
    return from_objects(name, values, where)


def from_categories(name: str, values: Any, where: str) -> Column:
    """Convert a categorical Series by its codes; a category goes by how it is written."""
    words = [str(category) for category in values.categories]
    if len(set(words)) < len(words):
        raise MitoolError(
            f"{where}: column {name!r} has categories that are written alike, such as 1 and '1'; "
            "rename one of them"
        )
    codes = values.codes.to_numpy().astype(np.float64)
    codes[codes < 0] = np.nan
    return coded(name, codes, words, "text")


def from_objects(name: str, values: Any, where: str) -> Column:
    """Convert a pandas Series or an array of Python objects; None and NaN are missing."""
    if isinstance(values, np.ndarray) and are_words(values.tolist()):
        return from_array(name, values.astype(str), where)
    import pyarrow

    try:
        array = pyarrow.array(values, from_pandas=True)
    except OverflowError as error:
        raise too_large(f"{where}: column {name!r}") from error
    except Exception as error:  # of Arrow, or of objects that are asked what they are
        if "too big" in str(error) or "too large" in str(error):
            raise too_large(f"{where}: column {name!r}") from error
        raise MitoolError(
            f"{where}: column {name!r} mixes kinds of values, or holds what is no value "
            f"({in_short(error)}); make it all numbers or all text"
        ) from error
    return from_chunks(name, array, where)


def are_words(values: Sequence[object]) -> bool:
    """Whether all are text that NumPy can hold: Arrow loads pandas to look at any object."""
    return set(map(type, values)) == {str} and "\0" not in "".join(values)  # type: ignore[arg-type]


def from_chunks(name: str, values: Any, where: str) -> Column:
    """Convert an Arrow array, in chunks or not, of any type."""
    import pyarrow

    chunked = (
        values if isinstance(values, pyarrow.ChunkedArray) else pyarrow.chunked_array([values])
    )
    if str(chunked.type) == "string_view":
        chunked = as_text(chunked)
    return from_arrow(name, chunked, where)


def as_text(views: Any) -> Any:
    """Copy text as polars hands it over into a form that Arrow can do more with."""
    import pyarrow

    try:
        return views.cast("large_string")
    except pyarrow.ArrowNotImplementedError:  # before Arrow 18
        return pyarrow.chunked_array([pyarrow.array(views.to_pylist(), "large_string")])


def too_large(what: str) -> MitoolError:
    """Say that whole numbers fit no type that can be calculated with."""
    return MitoolError(
        f"{what} has whole numbers beyond 64 bits; give them as floats, or as text if they are "
        "names"
    )


def require_rounded_nothing(values: object, array: NDArray[Any], what: str) -> None:
    """Refuse a list of integers of which NumPy made floats, because no type holds them all."""
    if array.dtype.kind != "f" or not np.any(np.abs(array) >= MAX_INTEGER):
        return
    objects: NDArray[Any] = np.array(values, dtype=object)
    if any(isinstance(value, int) for value in objects[np.abs(array) >= MAX_INTEGER].flat):
        raise too_large(what)
