"""Where a stated rule changes its mind: the last case on one side of it, the first on the other."""

from __future__ import annotations

import numpy as np
import pytest

from mitool.diagnostics import neighbour_notes, scale_notes, size_notes, table_notes
from mitool.diagnostics.row_notes import autocorrelation
from mitool.errors import MitoolError
from mitool.inference import resampling
from mitool.inference.multiplicity import check_resolution
from mitool.inference.permutation import sequential_test
from mitool.inference.sampling_units import groups
from mitool.measure.settings import Settings
from mitool.tables.column import Column
from mitool.tasks.shards import Shard, parse_shard
from mitool.uncertainty import Uncertainty, assess
from mitool.variables import gather
from mitool.variables.repeats import repeat_notes
from tests.make import discrete, labels, variable


def codes(notes) -> set[str]:
    return {note.code for note in notes}


def kind(values) -> str:
    return gather([Column("x", np.asarray(values, dtype=float))]).kind


def test_whole_numbers_are_labels_up_to_20_levels():
    assert kind(np.tile(np.arange(20), 6)) == "discrete"
    assert kind(np.tile(np.arange(21), 6)) != "discrete"


@pytest.mark.parametrize(("n", "most"), [(100, 5), (1000, 10)])
def test_an_atom_is_shared_by_more_than_5_rows_and_more_than_1_percent(n, most):
    spread = np.arange(n) + 0.5
    assert kind(np.where(np.arange(n) < most, -1.0, spread)) == "continuous"
    assert kind(np.where(np.arange(n) < most + 1, -1.0, spread)) == "mixed"


@pytest.mark.parametrize(
    ("n_distinct", "expected"),
    [
        (95, []),
        (94, [("ties", "note")]),
        (50, [("ties", "note")]),
        (49, [("ties", "warning")]),
        (5, [("ties", "warning")]),
        (4, [("ties", "warning"), ("discrete_as_continuous", "warning")]),
    ],
)
def test_how_many_different_values_of_100_are_few(n_distinct, expected):
    assert [(note.code, note.level) for note in repeat_notes("x", n_distinct, 100)] == expected


@pytest.mark.parametrize(("ratio", "expected"), [(9.9, set()), (10.1, {"scale"})])
def test_columns_that_differ_tenfold_in_spread_are_told(ratio, expected, rng):
    x = rng.permutation(np.linspace(-1, 1, 200))
    assert codes(scale_notes(variable(np.column_stack((x, ratio * x[::-1]))))) == expected


@pytest.mark.parametrize(("n", "expected"), [(20, set()), (25, {"heavy_tails"})])
def test_tails_are_heavy_beyond_a_kurtosis_of_20(n, expected):
    """One row of n that differs has 1/(pq) - 3, where p = 1/n: 18.1 and 23.0."""
    assert codes(scale_notes(variable(np.eye(n)[0]))) == expected


@pytest.mark.parametrize(("n_dims", "expected"), [(5, set()), (6, {"dimension"})])
def test_six_columns_are_many_for_neighbours(n_dims, expected, rng):
    x, y = variable(rng.normal(size=(100, n_dims - 1))), variable(rng.normal(size=100), name="w")
    assert codes(neighbour_notes(x, y, 0.5, {})) == expected


@pytest.mark.parametrize(("share", "expected"), [(0.69, set()), (0.71, {"ceiling"})])
def test_neighbours_show_no_more_than_a_part_of_the_log_of_their_number(share, expected, rng):
    x, y = variable(rng.normal(size=100)), variable(rng.normal(size=100), name="w")
    assert codes(neighbour_notes(x, y, share * np.log(100), {})) == expected


@pytest.mark.parametrize(("share", "expected"), [(0.94, set()), (0.96, {"near_deterministic"})])
def test_an_estimate_near_the_entropy_of_a_label_is_told(share, expected, rng):
    x, y = discrete(np.arange(100) % 2), variable(rng.normal(size=100), name="w")
    assert codes(neighbour_notes(x, y, share * np.log(2), {})) == expected


@pytest.mark.parametrize(("n_rows", "expected"), [(30, set()), (29, {"undersampled_table"})])
def test_a_table_needs_5_rows_a_cell(n_rows, expected):
    x, y = discrete(np.arange(n_rows) % 2), discrete(np.arange(n_rows) % 3, "w")
    assert codes(table_notes(x, y, n_rows, {"levels_x": 2, "levels_y": 3})) == expected


def test_less_than_100_rows_are_few():
    assert codes(size_notes(100)) == set()
    assert codes(size_notes(99)) == {"small_n"}


@pytest.mark.parametrize(("phi", "expected"), [(0.27, set()), (0.33, {"autocorrelation"})])
def test_rows_resemble_their_neighbours_from_a_correlation_of_a_third(phi, expected):
    """A wave of angle arccos(φ) a row has the correlation φ at lag 1."""
    angle = np.arccos(phi) * np.arange(5000)
    x, y = variable(np.sin(angle)), variable(np.cos(angle + 1), name="w")
    assert codes(autocorrelation(x, y)) == expected


def test_a_sequential_test_stops_at_the_tenth_that_reaches_the_observed():
    """Every second permutation reaches it: the tenth is number 20."""
    found = sequential_test(1.0, lambda numbers: ((float(i % 2),) for i in numbers), 999)
    assert (found.n_permutations, found.p_value) == (20, 0.5)


def test_units_whose_size_is_unique_change_places_too():
    units = groups(np.repeat(np.arange(6), np.arange(1, 7)))
    moved = [resampling.exchange(units, np.random.default_rng(seed)) for seed in range(5)]
    assert all(np.array_equal(np.sort(rows), np.arange(21)) for rows in moved)
    assert any(not np.array_equal(rows, np.arange(21)) for rows in moved)


def test_ten_blocks_remain_of_a_series_that_never_forgets():
    assert resampling.block_length(np.arange(300.0)) == 30


def test_permutations_for_any_dependence_are_counted_with_the_harmonic_number():
    """20 (1 + 1/2 + … + 1/20) / 0.05 = 1439.1, of which one is the observed order."""
    with pytest.raises(MitoolError, match="use --permutations 1439 or more"):
        check_resolution(1438, 20, "by")
    check_resolution(1439, 20, "by")


def test_a_group_jackknife_moves_the_centre_of_counts_alone(rng):
    """The plug-in of independent labels is too high by (k - 1)²/2n: 0.2 nats here."""
    x, y, units = rng.integers(0, 10, 200), rng.integers(0, 10, 200), np.repeat(np.arange(50), 4)
    asked = Uncertainty(level=0.95, ci_method="group-jackknife")
    x, y = labels(x, "x"), labels(y, "y")
    found = assess(x, y, None, Settings("plugin"), asked, labels(units, "unit"))
    assert found.mi > 0.15
    assert found.interval.center < found.mi - 0.1


@pytest.mark.parametrize("count", [2, 7])
@pytest.mark.parametrize("n_pairs", [500, 6400, 10**6])
def test_a_shard_has_many_short_blocks(count, n_pairs):
    """32 or more, unless there are too few pairs, and none of more than 256 of them."""
    ranges = list(Shard(1, count).ranges(n_pairs))
    assert len(ranges) >= 32
    assert max(map(len, ranges)) <= 256


@pytest.mark.parametrize(
    "environment",
    [
        {"SLURM_ARRAY_TASK_ID": "5", "SLURM_ARRAY_TASK_COUNT": "5"}
        | {"SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_MAX": "9", "SLURM_ARRAY_TASK_STEP": "2"},
        {"SGE_TASK_ID": "5", "SGE_TASK_FIRST": "1"}
        | {"SGE_TASK_LAST": "9", "SGE_TASK_STEPSIZE": "2"},
    ],
    ids=["slurm", "sge"],
)
def test_an_array_that_counts_in_twos_has_a_shard_a_task(environment):
    assert parse_shard("auto", environment) == Shard(3, 5)


def test_an_interval_within_sparse_levels_is_not_to_be_trusted():
    """Levels of 12 rows, and nothing else that is odd."""
    rng = np.random.default_rng(0)
    z = rng.permutation(np.repeat(np.arange(20), 12))
    x = rng.normal(size=240) + 3 * z
    y = variable(0.5 * x + rng.normal(size=240) + 3 * z, name="w")
    asked = Uncertainty(level=0.9)
    found = assess(variable(x), y, discrete(z, "z"), Settings("ksg"), asked)
    assert (codes(found.notes), found.reliability) == ({"sparse_levels"}, "low")
