"""Columns looked at many together: what is found of each is what its values alone say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from mitool.diagnostics.column_notes import scale_notes
from mitool.diagnostics.row_notes import lags_one
from mitool.errors import MitoolError
from mitool.parallel import threads_inside
from mitool.tables import Column
from mitool.tables.column import coded
from mitool.variables import Variable, gather, gather_each
from mitool.variables.gathering import VALUES_AT_ONCE

N_ROWS = 400


def kinds_of_columns(rng: np.random.Generator, n: int = N_ROWS) -> dict[str, Column]:
    """Columns of all sorts, under what they are."""
    normal = rng.standard_normal
    values = {
        "plain": normal(n),
        "descending": -np.sort(normal(n)),
        "one tie": np.append(normal(n - 1), 0.0).repeat(2)[1 : n + 1],
        "rounded": np.round(normal(n), 1),
        "levels": rng.integers(0, 5, n).astype(float),
        "constant": np.full(n, 3.0),
        "zeros of two signs": np.where(np.arange(n) < 2, (-1.0) ** np.arange(n) * 0.0, normal(n)),
        "missing": np.where(rng.random(n) < 0.1, np.nan, normal(n)),
        "all missing": np.full(n, np.nan),
        "sentinel": np.where(rng.random(n) < 0.1, -999.0, normal(n)),
        "huge": 1e300 * normal(n),
        "tiny": 1e-300 * normal(n),
    }
    columns = {name: Column(name, column) for name, column in values.items()}
    codes = rng.integers(0, 3, n).astype(float)
    columns["labels"] = coded("labels", codes, ["a", "b", "c"], "text")
    return columns


def same(one: Variable, other: Variable) -> bool:
    """Whether two variables are the same in all that the gate says of them."""
    assert np.array_equal(one.values, other.values, equal_nan=True)
    assert (one.names, one.kinds, one.notes) == (other.names, other.kinds, other.notes)
    assert (one.missing is None) == (other.missing is None)
    if one.missing is None:
        for j in range(one.n_dims):
            assert one.n_distinct(j) == len(np.unique(one.values[:, j]))
            assert (np.diff(one.values[one.order(j), j]) >= 0).all()
        low, high = one.ends
        assert np.array_equal(low, one.values.min(axis=0))
        assert np.array_equal(high, one.values.max(axis=0))
    else:
        assert np.array_equal(one.missing, np.isnan(one.values).any(axis=1))
    return True


def alone_and_together(columns: Sequence[Column], n_jobs: int = 1) -> bool:
    with threads_inside(n_jobs):
        together = gather_each([[column] for column in columns])
    return all(same(one, gather([c])) for one, c in zip(together, columns, strict=True))


def test_columns_are_found_to_be_what_each_is_by_itself(rng) -> None:
    assert alone_and_together(list(kinds_of_columns(rng).values()))


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_so_are_those_of_many_rows_in_threads(rng, n_jobs) -> None:
    assert alone_and_together(list(kinds_of_columns(rng, VALUES_AT_ONCE + 7).values()), n_jobs)


def test_a_joint_variable_says_of_its_columns_what_each_says(rng) -> None:
    columns = list(kinds_of_columns(rng).values())
    joint, each = gather(columns), gather_each([[column] for column in columns])
    assert joint.kinds == tuple(one.kind for one in each)
    assert joint.notes == tuple(note for one in each for note in one.notes)


def test_numbers_that_never_repeat_are_continuous_and_few_of_them_too(rng) -> None:
    for n in (1, 2, 3, 6, 21):
        (variable,) = gather_each([[Column("a", rng.permutation(float(n) * np.arange(n) + 0.5))]])
        assert (variable.kinds, variable.notes) == (("continuous",), ())


def test_columns_that_are_declared_keep_what_they_are_declared(rng) -> None:
    columns = [Column(name, rng.standard_normal(30)) for name in "abc"]
    assert gather(columns, ["b"]).kinds == ("continuous", "discrete", "continuous")


def test_the_first_infinite_column_is_named(rng) -> None:
    columns = [Column(name, rng.standard_normal(30)) for name in "abc"]
    columns[1].values[3] = -np.inf
    columns[2].values[[0, 4]] = np.inf
    with pytest.raises(MitoolError, match="'b' has 1 infinite of 30"):
        gather(columns)


def test_columns_of_other_lengths_are_variables_of_their_own(rng) -> None:
    lengths = (30, 31, 31, 30)
    groups = [[Column(f"c{i}", rng.standard_normal(n))] for i, n in enumerate(lengths)]
    assert tuple(map(len, gather_each(groups))) == lengths


def numbers(columns: Sequence[np.ndarray]) -> Variable:
    names = tuple(f"c{j}" for j in range(len(columns)))
    return Variable(names, np.column_stack(columns), ("continuous",) * len(names))


@pytest.mark.parametrize("size", [1.0, 1e200, 1e-200])
def test_tails_are_heavy_where_the_fourth_moment_says_so(rng, size) -> None:
    shares = np.array([0.02, 0.03, 0.04, 0.045, 0.05, 0.06, 0.1])  # kurtosis of 1 / share
    columns = [np.where(np.arange(1000) < 1000 * share, 1.0, 0.0) for share in shares]
    columns += [rng.standard_t(nu, 1000) for nu in (2, 3, 4, 5, 6, 30)]
    columns += [np.zeros(1000), rng.standard_normal(1000)]
    expected = set()
    for j, column in enumerate(columns):
        about = column - column.mean()
        if about.any() and np.mean(about**4) / np.mean(about**2) ** 2 > 20:
            expected.add((f"c{j}",))
    notes = scale_notes(numbers([size * column for column in columns]))
    assert {note.columns for note in notes if note.code == "heavy_tails"} == expected
    assert 3 < len(expected) < len(columns) - 3


def test_scales_are_compared_whatever_their_size() -> None:
    column = np.linspace(-1.0, 1.0, 50)
    for far in (1e200, 1.0, 1e-200):
        (note,) = scale_notes(numbers([far * column, 11.0 * far * column]))
        assert (note.code, "11" in note.message) == ("scale", True)
        assert scale_notes(numbers([far * column, 9.0 * far * column])) == ()


def test_autocorrelations_of_many_series_are_those_of_each(rng) -> None:
    lines = np.cumsum(rng.standard_normal((5, 300)), axis=1)
    lines[3] = 2.0
    about = lines - lines.mean(axis=1, keepdims=True)
    expected = [
        sum(a * b for a, b in zip(line[1:], line[:-1], strict=True)) / max(sum(line**2), 1e-300)
        for line in about
    ]
    assert lags_one(lines) == pytest.approx(expected, rel=1e-9, abs=1e-12)
