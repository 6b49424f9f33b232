"""How often a stream passes over its file: three times at most, whatever it is asked for."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet
import pytest
from test_streaming import require_same

from mitool.errors import MitoolError
from mitool.measure.estimation import measure
from mitool.measure.settings import Settings
from mitool.streaming import Stream, streamed
from mitool.tables import Table, from_python, open_table
from mitool.variables import gather

N = 6000


def columns(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Two numbers, one with an atom, three of labels; 5 % missing of each, where it can be."""
    level = rng.integers(0, 7, N)
    number = rng.normal(size=N)
    made = {
        "number": number,
        "other": 0.6 * number + rng.standard_t(4, N),
        "rain": np.where(rng.random(N) < 0.3, 0.0, rng.exponential(size=N) + level),
        "level": np.where(rng.random(N) < 0.5, level, rng.integers(0, 7, N)).astype(float),
        "rounded": np.round(number, 1),
        "site": np.array(["a", "b", "NA", "c"])[np.digitize(number, [-1.0, 0.0, 1.0])],
    }
    for name in list(made)[:-1]:
        made[name][rng.random(N) < 0.05] = np.nan
    return made


def as_table(made: dict[str, np.ndarray]) -> pa.Table:
    return pa.table({name: pa.array(column, from_pandas=True) for name, column in made.items()})


def as_records(made: dict[str, np.ndarray]) -> np.ndarray:
    kinds = [(name, column.dtype) for name, column in made.items()]
    return np.array(list(zip(*made.values(), strict=True)), dtype=kinds)


WRITERS = {
    "d.parquet": lambda made, path: pyarrow.parquet.write_table(
        as_table(made), path, row_group_size=1500
    ),
    "d.feather": lambda made, path: pyarrow.feather.write_feather(as_table(made), path),
    "d.csv": lambda made, path: pyarrow.csv.write_csv(as_table(made), path),
    "d.npy": lambda made, path: np.save(path, as_records(made)),
}
"""In text NA is a missing label; elsewhere it is one like others."""

PAIRS = {
    "numbers": ("number", "other", ((), ())),
    "an atom": ("rain", "number", ((), ())),
    "label and number": ("site", "other", ((), ())),
    "level and atom": ("level", "rain", ((), ())),
    "labels": ("site", "level", ((), ())),
    "many labels": ("rounded", "site", ({"rounded"}, ())),
    "several columns": ("number,site", "other,rain", ((), ())),
    "several of labels": ("site,level", "rounded", ({"rounded"}, ())),
    "numbers that could be labels": ("level", "other", ((), {"level"})),
}
RULES = [
    {"n_bins": n_bins, "binning": binning}
    for n_bins, binning in itertools.product(
        ("auto", "sqrt", "sturges", "fd", 40), ("equal-frequency", "equal-width")
    )
]


def expected_passes(kinds: set[str], settings: Settings) -> int:
    """Give one where the first pass counts all, two where it finds the edges, and else three."""
    rules = dict(settings.params)
    if settings.estimator != "bins" or kinds == {"discrete"}:
        return 1
    by_ends = rules.get("binning") == "equal-width" and rules["n_bins"] != "fd"
    return 2 if by_ends and "discrete" not in kinds else 3


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list]:
    """Note the columns of each pass; batches are small, and what is drawn of them smaller."""
    monkeypatch.setattr("mitool.tables.table.BATCH_ROWS", 700)
    monkeypatch.setattr("mitool.tables.textparser.BLOCK", 1 << 15)
    monkeypatch.setattr("mitool.kernels.batches.draws.DRAWN", 300)
    passes, batches = [], Table.batches
    counted = lambda table, names: passes.append(names) or batches(table, names)  # noqa: E731
    monkeypatch.setattr(Table, "batches", counted)
    return passes


def require_passes(
    table: Table, asked: tuple, settings: Settings, passes: list, expected: int | None = None
) -> None:
    """Compare with the estimate in memory, and the passes with those that are expected."""
    (x, y, declared), passes[:] = asked, []
    names = table.select(x), table.select(y)
    stream = Stream(table, declared, 2)
    stream.survey([names], settings.named.first_counts())
    sides = [stream.variable(side) for side in names]
    found = streamed(stream, *sides, settings)
    n_passes = len(passes)
    require_same(found, measure(*[gather(table.read(s), *declared) for s in names], None, settings))
    kinds = {kind for side in sides for kind in side.kinds}
    assert n_passes == (expected or expected_passes(kinds, settings)), settings


@pytest.mark.parametrize("asked", PAIRS.values(), ids=PAIRS)
@pytest.mark.parametrize("name", WRITERS)
def test_bins_pass_three_times_at_most(
    name: str, asked: tuple, tmp_path: Path, rng: np.random.Generator, passes: list
) -> None:
    WRITERS[name](columns(rng), tmp_path / name)
    for params in RULES:
        require_passes(open_table([str(tmp_path / name)]), asked, Settings("bins", params), passes)


@pytest.mark.parametrize(
    ("estimator", "pair"),
    [
        ("plugin", "labels"),
        ("nsb", "labels"),
        ("nml", "several of labels"),
        ("gaussian", "numbers"),
        ("gaussian", "an atom"),
    ],
)
@pytest.mark.parametrize("name", WRITERS)
def test_others_pass_once(
    name: str,
    estimator: str,
    pair: str,
    tmp_path: Path,
    rng: np.random.Generator,
    passes: list,
) -> None:
    WRITERS[name](columns(rng), tmp_path / name)
    require_passes(open_table([str(tmp_path / name)]), PAIRS[pair], Settings(estimator), passes)


@pytest.mark.parametrize("rule", ["auto", "fd"])
@pytest.mark.parametrize("order", ["sorted", "of a period", "in blocks", "at a gap"])
def test_no_order_of_rows_takes_more(
    order: str, rule: str, rng: np.random.Generator, passes: list
) -> None:
    """Not even rows that repeat as often as rows are drawn, nor quartiles between clusters."""
    x = np.sort(rng.normal(size=N))
    y = x + rng.normal(size=N)
    if order == "of a period":
        x = x.reshape(16, -1).T.ravel()
    elif order == "in blocks":
        x = x.reshape(-1, 500)[rng.permutation(N // 500)].ravel()
    elif order == "at a gap":
        x = rng.permutation(np.repeat([0.0, 10.0, 20.0, 50.0], N // 4)) + rng.random(N)
    table = from_python({"x": x, "y": y})
    require_passes(table, ("x", "y", ((), ())), Settings("bins", {"n_bins": rule}), passes)


def test_a_column_that_is_constant_beside_others_takes_no_more(
    rng: np.random.Generator, passes: list
) -> None:
    x, y = rng.normal(size=(2, N))
    table = from_python({"x": x, "y": y, "same": np.full(N, 0.5), "label": x > 0.0})
    for second in ("y", "label"):
        asked = ("x,same", second, ((), {"same"}))
        require_passes(table, asked, Settings("bins", {"n_bins": "fd"}), passes)


def test_rows_around_the_edges_that_do_not_fit_take_two_passes_more(
    rng: np.random.Generator, passes: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bins times rows is what does not fit: here 34 bins of 6,000 rows, of which 300 are kept."""
    monkeypatch.setattr("mitool.kernels.batches.draws.MOST_MARKS", 1 << 9)
    monkeypatch.setattr("mitool.kernels.batches.settled.MOST_NUMBERS", 300)
    table = from_python(dict(zip("xy", rng.normal(size=(2, N)), strict=True)))
    require_passes(table, ("x", "y", ((), ())), Settings("bins", {}), passes, expected=5)


@pytest.mark.parametrize(
    ("share", "order", "n_passes"),
    [
        *itertools.product((0.0099, 0.0101, 0.3), ["scattered"], [1]),
        *itertools.product((0.0095, 0.0101, 0.3), ["at the end"], [1]),
        (0.0099, "at the end", 2),
    ],
)
def test_an_atom_is_found_by_the_first_pass(
    share: float, order: str, n_passes: int, rng: np.random.Generator, passes: list
) -> None:
    """Of too many numbers to count each, where one in 4096 rows that are like it change nothing."""
    n = 200_000
    values, n_equal = rng.normal(size=n), round(share * n)
    rows = rng.permutation(n) if order == "scattered" else np.arange(n)
    values[rows[-n_equal:]] = 1.5
    table = from_python({"v": values, "w": values})
    stream = Stream(table, ((), ()), 1)
    stream.survey([(["v"], ["w"])])
    assert stream.variable(["v"]).kinds == gather(table.read(["v"])).kinds
    assert len(passes) == n_passes


def test_what_is_refused_is_refused_with_the_rows_that_are_complete(
    rng: np.random.Generator, passes: list, tmp_path: Path
) -> None:
    """Markers of missing labels are known after the first pass alone."""
    made = columns(rng)
    WRITERS["d.csv"](made, tmp_path / "d.csv")
    table = open_table([str(tmp_path / "d.csv")])
    n_missing = int(np.sum(np.isnan(made["other"]) | (made["site"] == "NA")))
    settings = Settings("bins", missing="error")
    with pytest.raises(MitoolError, match=f"{n_missing} of {N} rows have a missing value"):
        require_passes(table, PAIRS["label and number"], settings, passes)
