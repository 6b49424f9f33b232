"""A stream gives the bits of memory: of every type of column, with gaps, however files lie."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from layouts import COLUMNS, UNSEEN, made_table, seen, written
from make import numbers

from mitool.errors import MitoolError
from mitool.estimators import load, names
from mitool.estimators.streamed import Streaming
from mitool.measure.estimation import measure
from mitool.measure.settings import Settings
from mitool.result import Estimate
from mitool.streaming import Stream, first_counts, streamed
from mitool.tables import open_table
from mitool.variables import gather

STREAMABLE = [name for name in names() if issubclass(load(name), Streaming)]
PARAMS: dict[str, list[dict[str, Any]]] = {
    "plugin": [{}, {"correction": "shrink"}],
    "bins": [{}, {"n_bins": "fd"}, {"n_bins": 5, "binning": "equal-width"}],
}
Declared = tuple[set[str], set[str]]


@pytest.fixture(params=range(6))
def rng(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> np.random.Generator:
    """Give a generator of one table, and batches and blocks of a size that it draws."""
    rng = np.random.default_rng((33, request.param))
    monkeypatch.setattr("mitool.tables.table.BATCH_ROWS", int(rng.choice([3, 40, 1 << 18])))
    monkeypatch.setattr("mitool.tables.textparser.BLOCK", int(rng.choice([1 << 12, 1 << 20])))
    if rng.random() < 0.5:
        monkeypatch.setattr("mitool.kernels.batches.draws.DRAWN", 8)
        monkeypatch.setattr("mitool.kernels.batches.draws.MOST_MARKS", 1 << 11)
        monkeypatch.setattr("mitool.kernels.batches.ranks.SLICES", 16)
    return rng


@pytest.fixture
def paths(rng: np.random.Generator, tmp_path: Path) -> list[str]:
    return written(made_table(rng, 250), tmp_path, rng)


def outcome(estimate: Callable[[], Estimate]) -> tuple:
    """Everything that a report says of an estimate, to the last bit, or why there is none."""
    try:
        made = estimate()
    except MitoolError as error:
        return ("failed", str(error).partition(";")[0])
    notes = {note.message for note in made.notes if note.code not in UNSEEN}
    numbers = (repr(made.mi), repr(dict(made.extras)), repr(dict(made.facts)))
    return (*numbers, made.n_used, made.n_dropped, made.kind_x, made.kind_y, notes)


def drawn_columns(rng: np.random.Generator) -> tuple[list[str], list[str], Declared]:
    """Draw x and y of one or two columns, one of which may be declared."""
    drawn = [str(name) for name in rng.choice(list(COLUMNS), 4, replace=False)]
    x, y = drawn[: rng.choice([1, 1, 2])], drawn[2 : rng.choice([3, 3, 4])]
    declared: Declared = (set(), set())
    if rng.random() < 0.5:
        declared[int(rng.integers(0, 2))].add(str(rng.choice(x + y)))
    return x, y, declared


@pytest.mark.parametrize("estimator", STREAMABLE)
def test_estimates_are_those_in_memory_to_the_last_bit(
    estimator: str, rng: np.random.Generator, paths: list[str]
) -> None:
    for settings in [Settings(estimator, params) for params in PARAMS.get(estimator, [{}])]:
        for n_jobs in (1, 2):
            x, y, declared = drawn_columns(rng)

            def whole(x=x, y=y, declared=declared, settings=settings) -> Estimate:
                table = open_table(paths)
                first, second = (gather(table.read(side), *declared) for side in (x, y))
                return measure(first, second, None, settings)

            def stream(x=x, y=y, declared=declared, settings=settings, n_jobs=n_jobs) -> Estimate:
                table = open_table(paths)
                passes = Stream(table, declared, n_jobs)
                passes.survey([(x, y)], first_counts([settings], table, [*x, *y]))
                return streamed(passes, passes.variable(x), passes.variable(y), settings)

            assert outcome(stream) == outcome(whole), (x, y, declared, settings)


def test_reports_of_commands_are_those_in_memory_to_the_last_bit(
    rng: np.random.Generator, paths: list[str], mitool: Callable
) -> None:
    estimators = [part for name in STREAMABLE for part in ("-e", name)]
    x, y, _ = drawn_columns(rng)
    for command in (
        ("estimate", *paths, "-x", ",".join(x), "-y", ",".join(y), "-y", "whole", "--json"),
        ("matrix", *paths, "--cols", ",".join([*x, *y]), "--discrete", "rounded", "--json"),
    ):
        whole = mitool(*command, *estimators)
        for n_jobs in (1, 2):
            stream = mitool(*command, *estimators, "--stream", "-j", n_jobs)
            assert stream.code == whole.code
            if whole.out:
                found, known = (json.loads(run.out)["results"] for run in (stream, whole))
                assert [seen(row) for row in found] == [seen(row) for row in known]


def test_numbers_beside_labels_with_gaps_in_row_groups_of_seven(
    tmp_path: Path, mitool: Callable
) -> None:
    """Each batch that lacked the same of its rows as one before it was taken for that one."""
    rng, n = np.random.default_rng(0), 200
    half = rng.random(n) < 0.5
    labels = pa.array(np.where(half, "v", "u"), mask=rng.random(n) < 0.2)
    path = tmp_path / "d.parquet"
    table = pa.table({"x": rng.normal(size=n) + half, "y": labels})
    pyarrow.parquet.write_table(table, path, row_group_size=7)
    asked = ("estimate", path, "-x", "x", "-y", "y", "-e", "bins", "--value")
    runs = [mitool(*asked, "--stream", "-j", n_jobs).out for n_jobs in (1, 2, 1, 2)]
    assert runs == [mitool(*asked).out] * 4 != [""] * 4


def test_gaussian_sums_have_the_same_bits_in_any_order_of_rows() -> None:
    rng, n = np.random.default_rng(7), 400
    shared = rng.normal(size=n)
    columns = [
        1e-200 * (shared + rng.normal(size=n)),
        1e4 + shared + rng.normal(size=n),
        1e150 * np.exp(3.0 * shared + rng.normal(size=n)),
    ]
    order = rng.permutation(n)
    for first, second in combinations(columns, 2):
        values = [
            measure(numbers(first[rows]), numbers(second[rows], "y"), None, Settings("gaussian"))
            for rows in (np.arange(n), order)
        ]
        assert values[0].mi == values[1].mi > 0.0
