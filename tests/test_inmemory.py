"""Data in memory: what is taken, under which names, and that all else is one line of an error."""

from __future__ import annotations

import array
import json
from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import scipy.sparse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mitool as library
from mitool.errors import MitoolError
from mitool.tables import from_python
from mitool.tables.pythonvalues import OF_NUMPY, from_objects, from_series

N = 12
COUNT = list(range(N))
NUMBERS = [float(i) for i in range(N)]
WORDS = ["u", "v"] * (N // 2)


class Stream:
    """What another library's frame or series is to Arrow: a stream, and perhaps a name."""

    def __init__(self, held: Any, name: str | None = None) -> None:
        self._held = held
        if name is not None:
            self.name = name

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._held.__arrow_c_stream__(requested_schema)


class Broken:
    """An object that has values to give, and fails when it is asked for them."""

    def __array__(self, *args: object, **kwargs: object) -> object:
        raise RuntimeError("no values\nhere")


class BrokenStream:
    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        raise RuntimeError("no stream")


def series(values: Any, **kwargs: Any) -> pd.Series:
    return pd.Series(values, name="s", **kwargs)


TAKEN: dict[str, tuple[object, dict[str, list[float]]]] = {
    "range": (range(N), {"x": NUMBERS}),
    "deque": (deque(COUNT), {"x": NUMBERS}),
    "array.array": (array.array("d", COUNT), {"x": NUMBERS}),
    "memoryview": (memoryview(array.array("i", COUNT)), {"x": NUMBERS}),
    "text and NaN": (["b", np.nan, "a"], {"x": [1, np.nan, 0]}),
    "rows of several kinds": ([(1, "b"), (2, "a")], {"x_1": [1, 2], "x_2": [1, 0]}),
    "objects in two dimensions": (
        np.array([[1, "b"], [2, None]], dtype=object),
        {"x_1": [1, 2], "x_2": [0, np.nan]},
    ),
    "bytes": ([b"b", b"a"], {"x": [1, 0]}),
    "decimals": ([Decimal("1.5"), Decimal(2)], {"x": [1.5, 2]}),
    "dates": ([date(1970, 1, 2), date(1970, 1, 1)], {"x": [86400, 0]}),
    "stamps": ([datetime(1970, 1, 1, 0, 1), datetime(1970, 1, 1)], {"x": [60, 0]}),
    "strings of NumPy": (np.array(["b", "a"], dtype=np.dtypes.StringDType()), {"x": [1, 0]}),
    "half": (np.array([1, 2], dtype=np.float16), {"x": [1, 2]}),
    "long double": (np.array([1, 2], dtype=np.longdouble), {"x": [1, 2]}),
    "matrix": (np.matrix([[1, 2], [3, 4]]), {"x_1": [1, 3], "x_2": [2, 4]}),
    "records": (np.array([(1, 2.5)], dtype=[("a", int), ("b", float)]), {"a": [1], "b": [2.5]}),
    "masked records": (
        np.ma.array([(1, 2)], mask=[(0, 1)], dtype=[("a", int), ("b", int)]),
        {"a": [1], "b": [np.nan]},
    ),
    "ordered dict": (OrderedDict(b=[1], a=[2]), {"b": [1], "a": [2]}),
    "series in a dict": ({"a": series([1, 2])}, {"a": [1, 2]}),
    "frame in a dict": ({"f": pd.DataFrame({"u": [1], "v": [2]})}, {"f_1": [1], "f_2": [2]}),
    "series": (series([1, 2]), {"s": [1, 2]}),
    "series numbered": (pd.Series([1, 2], name=0), {"0": [1, 2]}),
    "series without a name": (pd.Series([1, 2]), {"x": [1, 2]}),
    "index": (pd.Index([1, 2], name="i"), {"i": [1, 2]}),
    "nullable": (series([1, None], dtype="Int64"), {"s": [1, np.nan]}),
    "text of pandas": (series(["b", None, "a"], dtype="string"), {"s": [1, np.nan, 0]}),
    "sparse series": (series(pd.arrays.SparseArray([0, 1])), {"s": [0, 1]}),
    "array of pandas": (pd.array([1, None], dtype="Int64"), {"x": [1, np.nan]}),
    "categories of numbers": (pd.Categorical([7, 5]), {"x": [1, 0]}),
    "intervals": (series(pd.cut([1, 9, 1], 2)), {"s": [0, 1, 0]}),
    "missing category": (series(pd.Categorical([5, None, 7])), {"s": [0, np.nan, 1]}),
    "periods": (series(pd.period_range("1970-01-01", periods=2, freq="D")), {"s": [0, 86400]}),
    "durations": (series(pd.to_timedelta([1, 2], "min")), {"s": [60, 120]}),
    "zones": (series(pd.to_datetime(["1970-01-01T01:00+01:00"])), {"s": [0]}),
    "pandas by Arrow": (
        series([1, None], dtype=pd.ArrowDtype(pa.int32())),
        {"s": [1, np.nan]},
    ),
    "Arrow array": (pa.array([1, None]), {"x": [1, np.nan]}),
    "Arrow chunks": (pa.chunked_array([[1], [2]]), {"x": [1, 2]}),
    "Arrow batch": (pa.record_batch({"a": [1, 2]}), {"a": [1, 2]}),
    "Arrow structs": (pa.array([{"a": 1, "b": 2}]), {"a": [1], "b": [2]}),
    "Arrow reader": (pa.table({"a": [1, 2]}).to_reader(), {"a": [1, 2]}),
    "Arrow views": (pa.array(["b", "a"], pa.string_view()), {"x": [1, 0]}),
    "a frame that speaks Arrow": (
        Stream(pa.table({"a": [1, 2], "b": ["v", "u"]})),
        {"a": [1, 2], "b": [1, 0]},
    ),
    "a series that speaks Arrow": (Stream(pa.chunked_array([[1, 2]]), "s"), {"s": [1, 2]}),
    "one without a name": (Stream(pa.chunked_array([[1, 2]]), ""), {"x": [1, 2]}),
}

REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "text": (lambda: "abc", "'x' is a str, which holds no rows; give an array, a list"),
    "bytes": (lambda: b"abc", "'x' is a bytes, which holds no rows"),
    "None": (lambda: None, "'x' is None, which holds no rows"),
    "a number": (lambda: 3.5, "'x' has 0 dimensions: it is one value"),
    "an int": (lambda: True, "'x' has 0 dimensions"),
    "sets": (lambda: {1, 2}, "'x' is a set, which has no order of rows; give a list"),
    "keys": (lambda: {1: 2}.keys(), "'x' is a dict_keys, which has no order of rows"),
    "values": (lambda: {1: 2}.values(), "'x' is a dict_values, which holds no table"),
    "generators": (
        lambda: (i for i in COUNT),
        "'x' is a generator, which can be read only once; give list() of it",
    ),
    "iterators": (lambda: iter(COUNT), "'x' is a list_iterator, which can be read only once"),
    "functions": (lambda: len, "'x' is a builtin_function_or_method, which holds no table"),
    "classes": (lambda: int, "'x' is a type, which holds no table that mitool knows; give an"),
    "objects": (object, "'x' is an object, which holds no table that mitool knows"),
    "ragged": (lambda: [[1, 2], [3]], "'x' is ragged: its rows are not all of one length"),
    "beyond 64 bits": (
        lambda: [2**70, 1],
        "'x': column 'x' has whole numbers beyond 64 bits; give them as floats, or as text",
    ),
    "beyond 64 bits with a sign": (
        lambda: [2**63, -1],
        "'x' has whole numbers beyond 64 bits",
    ),
    "beyond 64 bits in a frame": (
        lambda: pd.DataFrame({"a": [2**70, 1]}),
        "'x': column 'a' has whole numbers beyond 64 bits",
    ),
    "complex": (lambda: np.ones(3) * 1j, "'x': 'x' is an array of complex128; numbers, text"),
    "complex series": (lambda: series([1j, 2]), "'x': 's' is an array of complex128"),
    "mixed": (lambda: [1, "a"], "'x': column 'x' mixes kinds of values, or holds what is no"),
    "fractions": (lambda: [Fraction(1, 2)], "'x': column 'x' mixes kinds of values, or holds"),
    "bytes that are no text": (
        lambda: np.array([b"\xff"]),
        "'x' holds bytes that are not UTF-8 text; decode them",
    ),
    "dicts": (lambda: [{"a": 1}], "'x': column 'x' holds struct<a: int64>"),
    "raw": (lambda: np.zeros(3, "V4"), "'x': 'x' is an array of |V4; numbers, text, bool"),
    "no rows": (lambda: np.zeros((0, 2)), "'x' has no rows"),
    "no columns": (lambda: np.zeros((2, 0)), "'x' has no columns"),
    "an empty list": (list, "'x' has no rows"),
    "an empty dict": (dict, "'x' has no columns"),
    "an empty frame": (pd.DataFrame, "'x' has no columns"),
    "an empty stream": (lambda: Stream(pa.table({"a": []})), "'x' has no rows"),
    "three dimensions": (lambda: np.ones((2, 3, 4)), "'x': array 'x' has 3 dimensions"),
    "lengths": (
        lambda: {"a": [1, 2], "b": [1, 2], "c": [1]},
        "'x' has columns of different lengths (a 2, c 1)",
    ),
    "None in a dict": (lambda: {"a": None}, "'x'['a'] is None, which holds no rows"),
    "sparse matrix": (
        lambda: scipy.sparse.csr_matrix(np.eye(3)),
        "'x' is a csr_matrix, a sparse matrix; spread it out by .toarray()",
    ),
    "sparse array": (lambda: scipy.sparse.coo_array(np.eye(3)), "'x' is a coo_array, a sparse"),
    "categories that are written alike": (
        lambda: series(pd.Categorical([1, "1"])),
        "'x': column 's' has categories that are written alike, such as 1 and '1'; rename",
    ),
    "lists of Arrow": (lambda: pa.array([[1]]), "'x': column 'x' holds list<item: int64>"),
    "broken array": (Broken, "'x' cannot be made an array (no values)"),
    "broken stream": (BrokenStream, "'x' cannot be read by Arrow (no stream)"),
}

if find_spec("polars"):
    import polars as pl

    FRAME = pl.DataFrame(
        {"a": [1, 2], "b": ["v", "u"], "c": pl.Series(["v", None], dtype=pl.Categorical)}
    )
    TAKEN |= {
        "polars": (FRAME, {"a": [1, 2], "b": [1, 0], "c": [0, np.nan]}),
        "polars series": (FRAME["b"], {"b": [1, 0]}),
    }
    REFUSED |= {
        "lazy": (FRAME.lazy, "'x' is a LazyFrame, whose values are still to be computed; give .co"),
        "an empty polars": (pl.DataFrame, "'x' has no rows"),
    }
if find_spec("xarray"):
    import xarray as xr

    TAKEN |= {
        "xarray": (xr.DataArray([1, 2], dims="t", name="u"), {"u": [1, 2]}),
        "xarray in two dimensions": (
            xr.DataArray([[1, 2]], dims=("t", "c"), coords={"c": ["p", "q"]}),
            {"p": [1], "q": [2]},
        ),
        "xarray of variables": (
            xr.Dataset({"a": ("t", [1]), "b": ("t", [2])}),
            {"a": [1], "b": [2]},
        ),
    }
    REFUSED |= {
        "xarray in three": (
            lambda: xr.DataArray(np.ones((2, 2, 2))),
            "'x' has the dimensions dim_0, dim_1, dim_2; a table has one of rows",
        )
    }


@pytest.mark.parametrize("kind", TAKEN)
def test_what_is_taken_and_what_its_columns_are_called(kind: str) -> None:
    data, expected = TAKEN[kind]
    table = from_python(data, "x")
    assert table.names == tuple(expected)
    for column in table.read(table.names):
        np.testing.assert_allclose(column.values, expected[column.name], atol=0)


def message_of(data: object) -> str:
    with pytest.raises(MitoolError) as error:
        table = from_python(data, "x")
        table.read(table.names)
    return str(error.value)


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_refused_and_what_is_said(kind: str) -> None:
    make, start = REFUSED[kind]
    message = message_of(make())
    assert message.startswith(start)
    assert "\n" not in message
    assert len(message) <= 400


def test_a_lazy_frame_is_told_to_collect() -> None:
    lazy = type("LazyFrame", (), {"__module__": "polars.lazyframe", "collect": lambda self: None})
    assert message_of(lazy()) == (
        "'x' is a LazyFrame, whose values are still to be computed; give .collect() of it"
    )


def test_long_values_are_not_quoted_at_length() -> None:
    assert len(message_of([1, "a" * 10_000])) <= 400


def test_a_column_that_cannot_be_used_does_not_harm_the_others() -> None:
    frame = pd.DataFrame({"lists": [[1], [2]], "mixed": [1, "a"], "good": [1, 2]})
    table = from_python(frame)
    assert table.read(["good"])[0].values.tolist() == [1, 2]
    assert table.aside == dict.fromkeys(("lists", "mixed"), ("unusable", "object"))
    arrow = from_python(pa.table({"lists": [[1], [2]], "good": [1, 2]}))
    assert arrow.aside == {"lists": ("unusable", "list<item: int64>")}


def test_columns_of_a_dict_are_converted_once_and_when_they_are_read() -> None:
    table = from_python({"a": [1, 2], "b": [1, "a"]})
    first, again = (table.read(["a"])[0] for _ in range(2))
    assert first is again


@pytest.mark.filterwarnings("ignore::mitool.MitoolWarning")  # of ties
@pytest.mark.parametrize("wrap", [pd.Series, lambda v, name: Stream(pa.chunked_array([v]), name)])
def test_a_series_gives_the_number_of_its_column_in_a_file(
    wrap: Callable[..., object], mitool: Any, tmp_path: Path, rng: np.random.Generator
) -> None:
    """Values are tied, so that an estimate by neighbours shows what breaks the ties."""
    x = np.round(rng.normal(size=200), 1)
    y = np.round(x + rng.normal(size=200), 1)
    path = tmp_path / "d.csv"
    pd.DataFrame({"height": x, "weight": y}).to_csv(path, index=False)
    done = mitool("estimate", path, "-x", "height", "-y", "weight", "-e", "ksg", "--json")
    (row,) = json.loads(done.out)["results"]
    found = library.estimate(wrap(x, name="height"), wrap(y, name="weight"), "ksg")
    assert (found.x, found.y, found.mi) == ("height", "weight", row["mi"])


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(max_size=3),
    st.binary(max_size=3),
    st.decimals(allow_nan=False, allow_infinity=False, places=2),
    st.fractions(),
    st.dates(),
    st.datetimes(),
    st.timedeltas(),
    st.uuids(),
    st.just(pd.NA),
    st.just(pd.NaT),
    st.builds(object),
)
alike = st.one_of(
    *(st.lists(kind, min_size=0, max_size=N) for kind in (st.integers(0, 3), st.floats(-9, 9))),
    st.lists(st.sampled_from(["a", "b", None]), max_size=N),
    st.lists(st.booleans(), max_size=N),
    st.lists(st.integers(), max_size=N),
)
lists = st.one_of(alike, st.lists(scalars, max_size=N), st.lists(alike, max_size=4))


def objects(values: list[Any]) -> np.ndarray:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def tried(make: Callable[[Any], object]) -> Callable[[Any], object]:
    """Make an object of a list, or where its own library refuses that, leave the list."""

    def made(values: Any) -> object:
        try:
            return make(values)
        except Exception:
            return values

    return made


WRAPPERS = (
    tuple,
    deque,
    iter,
    np.array,
    objects,
    pd.Series,
    pd.Index,
    pd.Categorical,
    pa.array,
    set,
    lambda values: (value for value in values),
    lambda values: [[value] for value in values],
    lambda values: np.array(values)[:, None, None],
    lambda values: np.ma.array(values, mask=[i % 2 for i in range(len(values))]),
    lambda values: pd.Series(values, dtype="category", name="s"),
    lambda values: pd.Series(values, dtype="string"),
    lambda values: pd.Series(values).astype("Float64"),
    lambda values: pd.DataFrame({"a": values, 1: values, "1": values}),
    lambda values: pd.DataFrame(values),
    lambda values: pd.DataFrame(values).iloc[:0],
    lambda values: {"a": values},
    lambda values: {"a": values, "b": [1, 2]},
    lambda values: dict(enumerate(values)),
    lambda values: pa.chunked_array([values]),
    lambda values: pa.table({"a": values}),
    lambda values: Stream(pa.table({"a": values, "b": values})),
    lambda values: scipy.sparse.csr_matrix(np.array([values], float)),
    lambda values: dict.fromkeys(map(str, values)),
)
kinds = st.one_of(
    lists,
    scalars,
    st.sampled_from([len, int, Broken(), BrokenStream(), np, np.float64(1), slice(3)]),
    *(lists.map(tried(wrap)) for wrap in WRAPPERS),
)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=kinds)
def test_any_object_gives_an_estimate_or_one_line(data: object) -> None:
    for x, y in ((data, COUNT), (data, data)):
        try:
            assert isinstance(library.estimate(x, y, "auto"), library.Estimate)
        except MitoolError as error:
            assert isinstance(error, ValueError)
            assert str(error) and "\n" not in str(error)
            assert len(str(error)) <= 400


@pytest.mark.parametrize("kind", sorted(map(str, OF_NUMPY - {np.dtype(complex)})))
def test_a_series_of_numbers_is_the_column_that_arrow_makes_of_it(rng, kind) -> None:
    dtype = np.dtype(kind)
    if dtype.kind == "f":
        values = rng.standard_normal(60).astype(dtype)
        values[[3, 7, 9]] = np.nan, np.inf, -0.0
    else:
        kept = np.iinfo(dtype)
        values = rng.integers(kept.min, kept.max, 60, dtype=dtype, endpoint=True)
        values[:3] = kept.max, kept.min, kept.max - 1
    for some in (values, values[::-1], values[5:]):
        series = pd.Series(some)
        direct, by_arrow = (take("a", series, "data") for take in (from_series, from_objects))
        assert np.array_equal(direct.values, by_arrow.values, equal_nan=True)
        assert np.array_equal(np.signbit(direct.values), np.signbit(by_arrow.values))
        assert (direct.labels, direct.origin) == (by_arrow.labels, by_arrow.origin)
        assert direct.offset == by_arrow.offset
        assert (direct.ranks is None) == (by_arrow.ranks is None)
        assert direct.ranks is None or np.array_equal(direct.ranks, by_arrow.ranks)
        assert not np.shares_memory(direct.values, series.to_numpy())
