"""Labels as a condition: the mean over their levels of the information within each."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mitool.errors import MitoolError
from mitool.estimators.gaussian import Gaussian
from mitool.estimators.ksg import KSG
from mitool.estimators.two_scales import TwoScales
from mitool.inference.sampling_units import single_rows
from mitool.measure.estimation import measure, measurement_of
from mitool.measure.settings import Settings
from mitool.simulate.benchmark import contest, entrant
from mitool.uncertainty import Uncertainty, assess, interval
from mitool.variables import Variable
from tests.make import discrete, variable


def confounded(counts, n_dims=1, seed=0):
    """x and y that depend within the levels, and more without them."""
    rng = np.random.default_rng(seed)
    z = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    x = rng.standard_normal((len(z), n_dims)) + 3 * z[:, None]
    y = 0.5 * x + rng.standard_normal((len(z), n_dims)) + 3 * z[:, None]
    return x, y, z


@pytest.mark.parametrize("estimator", [KSG(), KSG(algorithm=2), TwoScales(), Gaussian()])
def test_it_is_the_weighed_mean_over_levels(estimator):
    x, y, z = confounded([60, 45, 30])
    parts = (estimator.prepare(v) for v in (variable(x), variable(y), discrete(z, "z")))
    expected = sum(
        np.mean(z == k) * estimator(variable(x[z == k]), variable(y[z == k])).mi for k in range(3)
    )
    assert estimator.join_given(*parts).mi == pytest.approx(expected, abs=1e-12)


def test_levels_too_small_are_left_out_and_told():
    x, y, z = confounded([60, 3, 45])
    given = variable(x), variable(y, name="w"), discrete(z, "z")
    found = measure(*given, settings=Settings("ksg", {"algorithm": 2}, transform="none"))
    (note,) = (note for note in found.notes if note.code == "small_levels")
    assert note.message.startswith("3 of 108 rows are in levels of the condition too small")
    kept = z != 1
    within = measure(
        variable(x[kept]),
        variable(y[kept], name="w"),
        discrete(z[kept], "z"),
        Settings("ksg", {"algorithm": 2}, transform="none"),
    )
    assert found.mi == within.mi


@pytest.mark.parametrize("estimator", ["gaussian", "gcmi", "gcmi2"])
def test_a_level_too_small_for_a_gaussian_is_left_out_and_told(estimator):
    x, y, z = confounded([60, 3, 45])
    found = measure(variable(x), variable(y, name="w"), discrete(z, "z"), Settings(estimator))
    assert "small_levels" in {note.code for note in found.notes}


@pytest.mark.parametrize(
    ("rows", "estimator", "warned"),
    [
        (4, "mesner", True),
        (12, "mesner", True),
        (40, "mesner", False),
        (12, "ksg", True),
        (16, "ksg", False),
        (12, "two-scales", True),
        (12, "gcmi", False),
    ],
)
def test_levels_with_few_rows_to_find_neighbours_among_are_called_so(rows, estimator, warned):
    x, y, z = confounded([rows] * 20)
    found = measure(variable(x), variable(y, name="w"), discrete(z, "z"), Settings(estimator))
    codes = {note.code for note in found.notes}
    assert ("sparse_levels" in codes) is warned


@pytest.mark.parametrize(("rows", "warned"), [(12, True), (16, False)])
def test_levels_beside_numbers_in_a_condition_are_sized_too(rows, warned):
    x, y, z = confounded([rows] * 20)
    given = Variable(("z", "v"), np.column_stack((z, x + y)), ("discrete", "continuous"))
    found = measure(
        variable(x), variable(y, name="w"), given, Settings("mesner", {"n_neighbors": 3})
    )
    assert ("sparse_levels" in {note.code for note in found.notes}) is warned


def test_no_level_large_enough_is_refused():
    x, y, z = confounded([3] * 20)
    with pytest.raises(
        MitoolError, match=r"no level .* has 4 or more of 60 rows.*join some levels"
    ):
        measure(variable(x), variable(y, name="w"), discrete(z, "z"), Settings("ksg"))


@pytest.mark.parametrize("rows", [5, 8, 30])
@pytest.mark.parametrize("estimator", ["ksg", "two-scales"])
def test_scales_are_those_that_levels_have_rows_for(estimator, rows):
    x, y, z = confounded([rows] * 20)
    measurement, _ = measurement_of(
        variable(x), variable(y, name="w"), discrete(z, "z"), Settings(estimator)
    )
    assert all(scale < rows // 4 for scale in measurement.scales)
    (found,) = measurement.permuted([np.arange(len(z))], joins=True)
    assert np.isfinite(found).all()
    coarser = measurement.coarser()
    assert coarser is None or np.isfinite(coarser.value.mi)


def test_an_interval_says_that_levels_get_too_small_in_a_part_of_the_rows():
    x, y, z = confounded([4] * 10)
    measurement, _ = measurement_of(
        variable(x), variable(y, name="w"), discrete(z, "z"), Settings("ksg")
    )
    with pytest.raises(MitoolError, match=r"repeats the estimate on some of the rows, where no l"):
        interval.interval_of(measurement, single_rows(len(z)), Uncertainty(level=0.9))


@pytest.mark.parametrize("estimator", ["gaussian", "ksg"])
def test_an_interval_does_without_a_quarter_of_the_rows(estimator):
    x, y, z = confounded([5] * 30)
    given = variable(x), variable(y, name="w"), discrete(z, "z")
    found = assess(*given, Settings(estimator), Uncertainty(level=0.9))
    assert found.interval is not None
    assert found.reliability is not None


def test_small_levels_can_be_tested(mitool, tmp_path):
    x, y, z = confounded([5] * 40)
    path = tmp_path / "levels.csv"
    np.savetxt(path, np.column_stack((x, y, z)), delimiter=",", header="x,y,z", comments="")
    found = mitool(
        *("estimate", path, "-x", "x", "-y", "y", "-z", "z", "--discrete", "z", "-e", "ksg"),
        *("--permutations", 19, "--json", "-q"),
    )
    assert found.code == 0, found.err
    assert json.loads(found.out)["results"][0]["p_value"] > 0


@pytest.mark.parametrize(
    ("counts", "n_dims", "estimator"),
    [
        ([40, 6], 1, "two-scales"),
        ([40, 5], 1, "mesner"),
        ([40, 16], 2, "ksg"),
        ([40, 15], 2, "mesner"),
        ([400, 400, 40], 1, "two-scales"),
        ([400, 400, 8], 1, "two-scales"),
        ([400, 400, *[5] * 9], 1, "mesner"),
    ],
)
def test_auto_estimates_within_levels_that_have_rows_enough(counts, n_dims, estimator):
    x, y, z = confounded(counts, n_dims)
    assert measure(variable(x), variable(y, name="w"), discrete(z, "z")).estimator == estimator


def test_it_errs_less_than_one_space_for_labels_and_numbers():
    rivals = [entrant(Settings(name)) for name in ("two-scales", "mesner")]
    within, joint = contest("label-fork:n_levels=3", 300, rivals, 30, 0)
    assert within.rmse < 0.7 * joint.rmse
    assert abs(within.bias) < 0.015


def ten_correlations(n, rng):
    """Ten labels, whose correlations run from -.95 to .95: the mean of -½ log(1 - ρ²) nats."""
    z = rng.integers(0, 10, n)
    rho = np.linspace(-0.95, 0.95, 10)[z]
    x, e = rng.normal(size=(2, n))
    return x + 2 * z, rho * x + np.sqrt(1 - rho**2) * e - z, z


def test_auto_errs_less_within_few_rows_than_one_space_for_labels_and_numbers():
    truth = float(np.mean(-0.5 * np.log(1 - np.linspace(-0.95, 0.95, 10) ** 2)))
    errors = {"auto": [], "mesner": []}
    for seed in range(20):
        x, y, z = ten_correlations(100, np.random.default_rng(seed))
        for name, found in errors.items():
            value = measure(variable(x), variable(y, name="w"), discrete(z, "z"), Settings(name))
            found.append(value.mi - truth)
    auto, mesner = (np.sqrt(np.mean(np.square(found))) for found in errors.values())
    assert auto < 0.75 * mesner
