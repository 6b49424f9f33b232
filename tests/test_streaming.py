"""Streaming: the same numbers as in memory, of any format, in batches of any size."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet
import pytest
from layouts import seen

from mitool.kernels.batches.buckets import Numbers, bucket_of, within_buckets
from mitool.measure.estimation import measure
from mitool.measure.settings import Settings
from mitool.streaming import Stream, streamed
from mitool.tables import Table, from_python, open_table
from mitool.variables import gather

N = 3000


@pytest.fixture
def data(rng: np.random.Generator) -> pa.Table:
    """Labels, whole numbers, numbers, an atom, and missing values in all of them."""
    label = rng.integers(0, 5, N)
    number = rng.normal(size=N)
    columns = {
        "label": np.array(["e", "c", "a", "b", "d"])[label],
        "level": np.where(rng.random(N) < 0.4, label, rng.integers(0, 7, N)),
        "number": number,
        "other": 0.6 * number + rng.normal(size=N),
        "third": 50.0 + rng.normal(size=N) - number,
        "rain": np.where(rng.random(N) < 0.3, 0.0, rng.exponential(size=N)),
        "flag": rng.random(N) < 0.3,
        "day": (rng.integers(0, 400, N) * 86400).astype("datetime64[s]"),
    }
    return pa.table({name: pa.array(v, mask=rng.random(N) < 0.05) for name, v in columns.items()})


def as_parquet(data: pa.Table, path: Path) -> None:
    pyarrow.parquet.write_table(data, path, row_group_size=700, use_dictionary=["label", "level"])


def as_arrow(data: pa.Table, path: Path) -> None:
    encoded = data.set_column(0, "label", data.column("label").dictionary_encode())
    pyarrow.feather.write_feather(encoded, path, chunksize=900, compression="zstd")


WRITERS = {
    "d.parquet": as_parquet,
    "d.arrow": as_arrow,
    "d.csv": lambda data, path: pyarrow.csv.write_csv(data, path),
}


@pytest.fixture(params=WRITERS)
def path(request: pytest.FixtureRequest, data: pa.Table, tmp_path: Path) -> str:
    path = tmp_path / request.param
    WRITERS[request.param](data, path)
    return str(path)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let small tables have many batches."""
    monkeypatch.setattr("mitool.tables.table.BATCH_ROWS", 400)
    monkeypatch.setattr("mitool.tables.textparser.BLOCK", 1 << 14)


def both(
    table: Table, x: str, y: str, settings: Settings, n_jobs: int = 1, declared: tuple = ((), ())
) -> tuple:
    names_x, names_y = table.select(x), table.select(y)
    stream = Stream(table, declared, n_jobs)
    stream.survey([(names_x, names_y)])
    found = streamed(stream, stream.variable(names_x), stream.variable(names_y), settings)
    first, second = (gather(table.read(names), *declared) for names in (names_x, names_y))
    known = measure(first, second, None, settings)
    return found, known


def require_same(found, known, tolerance: float = 0.0) -> None:
    for name in ("mi", "extras", "facts"):
        assert getattr(found, name) == pytest.approx(getattr(known, name), rel=0, abs=tolerance)
    for name in (
        *("x", "y", "estimator", "kind_x", "kind_y", "dim_x", "dim_y", "params", "transform"),
        *("estimand", "unit", "n_used", "n_dropped", "normalized"),
    ):
        assert getattr(found, name) == getattr(known, name), name
    unseen = {"autocorrelation", "ties"}
    codes = {note.message for note in known.notes if note.code not in unseen}
    assert {note.message for note in found.notes if note.code not in unseen} == codes


def test_batches_that_lack_the_same_rows_are_told_apart(rng: np.random.Generator) -> None:
    x = rng.normal(size=2000)
    y = x + rng.normal(size=2000)
    x[::10] = np.nan  # every batch of 400 rows lacks the same of its rows
    found, known = both(from_python({"x": x, "y": y}), "x", "y", Settings("gaussian"))
    require_same(found, known, 1e-12)


@pytest.mark.parametrize(
    ("estimator", "params"),
    [
        ("plugin", {}),
        ("plugin", {"correction": "chao-shen"}),
        ("plugin", {"correction": "shrink"}),
        ("nsb", {}),
        ("nsb", {"n_levels": 30}),
        ("nml", {}),
        ("auto", {}),
    ],
)
@pytest.mark.parametrize(
    ("x", "y"), [("label", "level"), ("label,flag", "level"), ("label,level", "label")]
)
def test_counts_are_those_in_memory(
    path: str, x: str, y: str, estimator: str, params: dict
) -> None:
    table = open_table([path])
    for n_jobs in (1, 2):
        require_same(*both(table, x, y, Settings(estimator, params, normalize="min"), n_jobs))


@pytest.mark.parametrize("n", [4, 9, 12])
def test_a_toy_table_is_counted_as_in_memory(tmp_path: Path, n: int) -> None:
    """Of 12 rows 3 have no x: auto looks at those that are complete."""
    bits = [i % 2 for i in range(n)]
    x = [None if i % 4 == 3 and n > 10 else bit for i, bit in enumerate(bits)]
    path = tmp_path / "toy.parquet"
    pa.parquet.write_table(pa.table({"x": x, "y": bits}), path, row_group_size=2)
    found, known = both(open_table([str(path)]), "x", "y", Settings())
    require_same(found, known)
    assert found.estimator == known.estimator == "plugin"


def test_declared_labels_may_have_many_levels(path: str) -> None:
    found, known = both(
        open_table([path]), "day", "label", Settings("plugin"), declared=({"day"}, ())
    )
    require_same(found, known)
    assert found.facts["levels_x"] > 300


@pytest.mark.parametrize(
    ("x", "y"), [("number", "other"), ("number,rain", "other,third"), ("third", "level")]
)
def test_gaussian_is_that_in_memory(path: str, x: str, y: str) -> None:
    table, declared = open_table([path]), ((), {"level"} & {y})
    first, known = both(table, x, y, Settings("gaussian"), 1, declared)
    require_same(first, known, 1e-12)
    second, _ = both(table, x, y, Settings("gaussian"), 2, declared)
    assert second.mi == first.mi


@pytest.mark.parametrize(
    ("x", "y", "declared"),
    [
        ("number", "other", ((), ())),
        ("rain", "third", ((), ())),
        ("number,rain", "label,third", ((), ())),
        ("label", "flag,level", ((), ())),
        ("number", "level", ((), {"level"})),
    ],
)
@pytest.mark.parametrize(
    "params",
    [
        {},
        {"n_bins": 7},
        {"n_bins": "fd"},
        {"n_bins": "sqrt"},
        {"n_bins": 5, "binning": "equal-width"},
        {"n_bins": "sturges", "binning": "equal-width", "correction": "none"},
        {"n_bins": 6, "correction": "shrink"},
    ],
    ids=str,
)
def test_bins_are_those_in_memory(
    path: str, x: str, y: str, declared: tuple, params: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mitool.kernels.batches.draws.DRAWN", 8)
    monkeypatch.setattr("mitool.kernels.batches.draws.MOST_MARKS", 64)
    monkeypatch.setattr("mitool.kernels.batches.ranks.SLICES", 16)
    require_same(*both(open_table([path]), x, y, Settings("bins", params), 2, declared))
    monkeypatch.setattr("mitool.kernels.batches.settled.MOST_NUMBERS", 0)
    require_same(*both(open_table([path]), x, y, Settings("bins", params), 2, declared))


@pytest.mark.parametrize(
    ("y", "params", "n_passes"),
    [
        ("b", {}, 3),
        ("b", {"n_bins": 200}, 3),
        ("b", {"binning": "equal-width"}, 2),
        ("label", {}, 3),
        ("label", {"binning": "equal-width"}, 3),
    ],
    ids=str,
)
def test_bins_take_few_passes(
    tmp_path: Path,
    rng: np.random.Generator,
    monkeypatch: pytest.MonkeyPatch,
    y: str,
    params: dict,
    n_passes: int,
) -> None:
    """Also where the edges are not among what was drawn: 20,000 different numbers a column."""
    path, a = tmp_path / "d.parquet", rng.normal(size=20_000)
    b = a + rng.normal(size=20_000)
    columns = {"a": a, "b": b, "label": np.where(b > 1, "up", "down")}
    pyarrow.parquet.write_table(pa.table(columns), path, row_group_size=7000)
    monkeypatch.setattr("mitool.kernels.batches.draws.DRAWN", 500)
    passes, batches = [], Table.batches
    counted = lambda table, names: passes.append(names) or batches(table, names)  # noqa: E731
    monkeypatch.setattr(Table, "batches", counted)
    table, settings = open_table([str(path)]), Settings("bins", params)
    stream = Stream(table, ((), ()), 1)
    stream.survey([(("a",), (y,))], settings.named.first_counts())
    found = streamed(stream, stream.variable(("a",)), stream.variable((y,)), settings)
    assert len(passes) == n_passes
    require_same(found, measure(gather(table.read(["a"])), gather(table.read([y])), None, settings))


@pytest.mark.parametrize("more", [("n_bins=150",), ("n_bins=9000", "binning=equal-width")])
def test_bins_of_many_columns_are_those_in_memory(more: tuple, mitool: Callable) -> None:
    params = [part for param in more for part in ("-p", param)]
    asked = ("estimate", "sample_data/wine.csv", "-x", "alcohol..magnesium", "-e", "bins", *params)
    asked += ("-y", "total_phenols..proline", "--value", "-q")
    assert mitool(*asked, "--stream").out == mitool(*asked).out != ""


def test_bins_with_too_many_cells_are_one_line(
    tmp_path: Path, rng: np.random.Generator, mitool: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mitool.kernels.batches.grid.MOST_CELLS", 500)
    path = tmp_path / "d.parquet"
    pyarrow.parquet.write_table(pa.table({c: rng.normal(size=N) for c in "ab"}), path)
    found = mitool("estimate", path, "-x", "a", "-y", "b", "-e", "bins", "--stream")
    assert found.code == 3
    assert "more than 500 cells with rows" in found.err
    assert "take fewer bins, such as -p n_bins=" in found.err


def test_the_command_line_streams(path: str, mitool: Callable) -> None:
    arguments = ("estimate", path, "-x", "label", "-x", "flag", "-y", "level", "--json")
    whole, stream = (json.loads(mitool(*arguments, *more).out) for more in ((), ("--stream",)))
    assert stream["results"] == whole["results"]
    assert stream["input"] == whole["input"]


@pytest.mark.parametrize(
    "more",
    [
        (
            "-e",
            "plugin",
            "-e",
            "bins",
            "--cols",
            "label,level,flag,none",
            "--against",
            "label..level",
        ),
        ("-e", "bins", "--format", "csv", "--wide"),
        ("-e", "bins", "-e", "plugin"),
    ],
    ids=lambda more: " ".join(more[:4]),
)
def test_a_matrix_streams(
    more: tuple, data: pa.Table, tmp_path: Path, mitool: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mitool.streaming.matrix_batch.AT_ONCE", 5)
    path = tmp_path / "d.parquet"
    constant = pa.array(["always"] * N)
    names = pa.array([f"name {i}" for i in range(N)])
    empty = pa.nulls(N, pa.float64())
    wider = data.append_column("constant", constant).append_column("id", names)
    as_parquet(wider.append_column("none", empty), path)
    whole, stream = (mitool("matrix", path, *more, *how) for how in ((), ("--stream", "-j", "2")))
    assert stream.code == whole.code
    if "csv" in more:
        assert stream.out == whole.out
    else:
        found, known = json.loads(stream.out), json.loads(whole.out)
        assert [seen(row) for row in found["results"]] == [seen(row) for row in known["results"]]
    for note in ("'none' has no value", "'constant' has one", "'id' names every row"):
        assert (note in stream.err) == (note in whole.err)


def test_a_range_of_rows_streams(path: str, mitool: Callable) -> None:
    for rows in ("0:500", "390:410", "900:", ":1301"):
        arguments = ("estimate", path, "-x", "label", "-y", "level", "-e", "plugin")
        arguments += ("--discrete", "level", "--rows", rows, "--value")
        assert mitool(*arguments, "--stream").out == mitool(*arguments).out != ""
    nothing = mitool("estimate", path, *arguments[2:6], "--rows", "5000:", "--stream")
    assert nothing.code == 3
    assert "none of them in the range 5000:" in nothing.err


def test_it_streams_by_itself_where_memory_would_not_do(
    path: str, mitool: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mitool.limits.free_memory", lambda: 100_000)
    monkeypatch.setattr("mitool.tables.table.Table.read", None)
    assert mitool("estimate", path, "-x", "label", "-y", "level", "--value").code == 0
    refused = mitool("estimate", path, "-x", "label", "-y", "level", "--ci", "0.9")
    assert refused.code == 3
    assert "--sample N takes fewer rows, or leave out intervals" in refused.err


def test_what_neither_streams_nor_fits_is_to_be_sampled(
    path: str, mitool: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mitool.streaming.streamable.free_memory", lambda: 1000)
    found = mitool("estimate", path, "-x", "number", "-y", "other", "--stream", "-e", "ksg")
    assert found.code == 3
    assert "use --sample N instead, which takes fewer, or take one that can stream" in found.err


def test_what_cannot_stream_says_so(path: str, mitool: Callable) -> None:
    for more in (("-e", "ksg"), (), ("-e", "gaussian", "--transform", "rank")):
        found = mitool("estimate", path, "-x", "number", "-y", "other", "--stream", *more)
        assert found.code == 3
        assert "all rows at once, about 1 MB; leave out --stream or take one" in found.err
    doane = ("-e", "bins", "-p", "n_bins=doane", "--stream")
    found = mitool("estimate", path, "-x", "number", "-y", "other", *doane)
    assert (found.code, "n_bins=doane needs all rows at once" in found.err) == (3, True)
    found = mitool("estimate", path, "-x", "label", "-y", "level", "--stream", "--ci", "0.9")
    assert found.code == 2
    assert "leave out intervals" in found.err
    found = mitool("matrix", path, "--stream", "-e", "bins", "--adjust", "holm")
    assert (found.code, "estimates alone; leave out --adjust" in found.err) == (2, True)


def test_what_auto_takes_and_cannot_stream_is_one_line(path: str, mitool: Callable) -> None:
    for command in (
        ("estimate", path, "-x", "number", "-x", "label", "-y", "other", "-y", "level"),
        ("matrix", path, "--cols", "number,label,other,level"),
    ):
        found = mitool(*command, "--stream")
        assert (found.code, found.out) == (3, "")
        assert found.err.count("\n") == 1
        assert "ross and two-scales, which auto takes here, need all rows at once" in found.err
        assert found.err.endswith("one that can stream: -e bins\n")


def test_a_pair_that_a_stream_refuses_has_its_numbers_of_rows(path: str, mitool: Callable) -> None:
    columns = ("-x", "label", "-x", "number", "-y", "level", "-y", "other")
    asked = ("estimate", path, *columns, "-e", "plugin", "--json")
    whole, stream = (mitool(*asked, *more) for more in ((), ("--stream", "-j", "2")))
    assert (stream.code, whole.code) == (4, 4)
    found, known = json.loads(stream.out)["results"], json.loads(whole.out)["results"]
    assert [row["status"] for row in found] == ["ok", "failed", "failed", "failed"]
    for row in found:
        assert row["n_used"] < N
        assert row["n_used"] + row["n_dropped"] == N
    assert [seen(row) for row in found] == [seen(row) for row in known]


@pytest.mark.parametrize("estimator", ["bins", "plugin", "gaussian"])
def test_columns_that_are_constant_where_others_are_not_missing_are_named(estimator: str) -> None:
    n = 1000
    rows = np.arange(n)
    x = np.where(rows % 100 < 3, 1.0, rows % 7)
    y = np.where(rows % 100 < 3, rows % 5, np.nan)
    kinds = ({"x", "y"}, set()) if estimator == "plugin" else (set(), {"x", "y"})
    found, known = both(from_python({"x": x, "y": y}), "x", "y", Settings(estimator), 2, kinds)
    require_same(found, known)
    assert [note.code for note in found.notes].count("constant") == 1


def test_advice_can_stream(path: str, mitool: Callable) -> None:
    columns = ("-x", "label", "-y", "number")
    found = mitool("estimate", path, *columns, "-e", "gaussian", "--stream")
    assert "-e bins does, or change a kind" in found.err


def test_missing_rows_are_refused_if_asked(path: str, mitool: Callable) -> None:
    arguments = ("estimate", path, "-x", "label", "-y", "level", "--missing", "error")
    assert mitool(*arguments, "--stream").err == mitool(*arguments).err != ""


def test_types_that_change_late_in_a_text_file(tmp_path: Path, mitool: Callable) -> None:
    """First whole numbers, then others, then text; labels with padding; numbers as text."""
    lines = ["a,b,c,d"]
    lines += [f"{i % 3},{i % 2}, {i % 4} ,{'' if i < 4000 else i % 2}" for i in range(9000)]
    lines[7000] = "0.5,x,NA,1"
    path = tmp_path / "late.csv"
    path.write_text("\n".join(lines) + "\n")
    for x, y in (("b", "c"), ("a", "b"), ("b", "d")):
        arguments = ("estimate", path, "-x", x, "-y", y, "-e", "plugin", "--discrete", x, "--json")
        whole, stream = (json.loads(mitool(*arguments, *more).out) for more in ((), ("--stream",)))
        assert stream["results"] == whole["results"]


@pytest.mark.parametrize("shape", ["few", "atom", "border", "smooth"])
def test_kinds_are_those_of_the_whole_column(
    shape: str, tmp_path: Path, rng: np.random.Generator
) -> None:
    """Also where an atom has just more or just less than a hundredth of many different numbers."""
    n = 50_000
    values = {
        "few": rng.integers(0, 20, n).astype(float),
        "atom": np.where(rng.random(n) < 0.02, 1.5, rng.normal(size=n)),
        "border": rng.normal(size=n),
        "smooth": rng.normal(size=n),
    }[shape]
    for n_equal in (500, 501) if shape == "border" else (0,):
        values[rng.choice(n, n_equal, replace=False)] = 1.5
        path = tmp_path / f"{shape}{n_equal}.parquet"
        pyarrow.parquet.write_table(pa.table({"v": values, "w": values}), path)
        table = open_table([str(path)])
        stream = Stream(table, ((), ()), 1)
        stream.survey([(["v"], ["w"])])
        assert stream.variable(["v"]).kinds == gather(table.read(["v"])).kinds


def test_dictionaries_and_whole_numbers_of_any_type(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    """Each batch has a dictionary of its own, with words that never occur and twice the same."""
    types = (pa.int8(), pa.uint8(), pa.int32(), pa.uint64(), pa.float32())
    level = rng.integers(0, 7, N)
    words = [["c", "a", "unused", "b", "a"], ["b", "never", "c", "d", "d"]]
    batches = []
    for rows, own in zip(np.array_split(np.arange(N), 2), words, strict=True):
        places = np.array([0, 1, 3, 4])[level[rows] // 2]
        text = pa.DictionaryArray.from_arrays(pa.array(places, pa.int32()), own)
        numbers = [pa.array(level[rows] + 120, kind, mask=level[rows] == 3) for kind in types]
        names = ["text", *map(str, types)]
        batches.append(pa.record_batch([text, *numbers], names=names))
    path = tmp_path / "d.arrow"
    pyarrow.feather.write_feather(pa.Table.from_batches(batches), path, compression="zstd")
    for kind in types:
        require_same(*both(open_table([str(path)]), "text", str(kind), Settings("plugin")))


def test_numbers_beyond_what_is_counted_one_by_one_fall_into_buckets(
    rng: np.random.Generator,
) -> None:
    values = np.where(rng.random(60_000) < 0.02, -0.0, rng.integers(-9000, 9000, 60_000) / 8.0)
    few, many = Numbers.of(values[:3000]), Numbers.of(values[3000:])
    assert few.values.tolist() == np.unique(values[:3000]).tolist()
    total = few.merged(many)
    whole = np.bincount(bucket_of(values, 0), minlength=4096)
    assert total.buckets.tolist() == whole.tolist()
    assert whole.max() < 1.2 * np.count_nonzero(values == 0.0)
    passing = within_buckets(values, [whole > 600])
    assert np.count_nonzero(passing == 0.0) == np.count_nonzero(values == 0.0)
    assert len(passing) < 2000


def test_nearly_equal_columns_keep_their_digits(tmp_path: Path, rng: np.random.Generator) -> None:
    """Sums of squares would lose them: such columns are turned instead."""
    x, apart = rng.normal(size=N), rng.normal(size=N)
    path = tmp_path / "d.parquet"
    y = apart + rng.normal(size=N)
    columns = {"x": x, "near": x + 1e-6 * apart, "y": y, "tiny": 1e-200 * y}
    pyarrow.parquet.write_table(pa.table(columns), path)
    for name in ("y", "tiny"):
        found, known = both(open_table([str(path)]), "x,near", name, Settings("gaussian"))
        assert found.mi > 0.3
        require_same(found, known, 1e-8)


def test_identifiers_and_infinite_values_are_refused(tmp_path: Path, mitool: Callable) -> None:
    path = tmp_path / "d.csv"
    path.write_text("id,v,w\n" + "".join(f"n{i},{i % 2},{1 / 7 * i}\n" for i in range(5000)))
    with path.open("a") as file:
        file.write("z,1,inf\n")
    for x in ("id", "w"):
        arguments = ("estimate", path, "-x", x, "-y", "v")
        assert mitool(*arguments, "--stream").err == mitool(*arguments).err != ""
