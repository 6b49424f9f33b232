"""What a condition explains, taken off before an estimate, and what is said of it."""

from __future__ import annotations

import numpy as np
import pytest

import mitool as mi
from mitool.diagnosis import diagnose
from mitool.errors import UsageError
from mitool.estimators.ksg import KSG
from mitool.measure.causes import explained
from mitool.measure.estimation import measure, measurement_of
from mitool.measure.settings import Settings
from mitool.uncertainty import Uncertainty, assess
from mitool.variables import Variable
from mitool.variables.transforms import transform
from tests.make import discrete, variable

RAW = Settings("ksg")
CAUSE_CODES = {"common_cause", "cause_left_in"}


def named(name, values, kind="continuous") -> Variable:
    values = np.asarray(values, float).reshape(len(values), -1)
    return Variable(
        tuple(f"{name}{j}" for j in range(values.shape[1])), values, (kind,) * values.shape[1]
    )


def common(rng, n, noise, n_dims=1) -> list[Variable]:
    """Sums of z, each with noise of its own: independent given z."""
    z = rng.standard_normal((n, n_dims))
    x, y = (z.sum(axis=1) + noise * rng.standard_normal(n) for _ in "xy")
    return [named("x", x), named("y", y), named("z", z)]


def codes(found) -> set[str]:
    return {note.code for note in found.notes} & CAUSE_CODES


def test_a_cause_is_no_information(rng):
    """Truth 0; the neighbours in z alone find about 0.1."""
    x, y, z = common(rng, 300, 0.03)
    assert abs(measure(x, y, z).mi) < 0.05
    assert measure(x, y, z, RAW).mi > 0.05


def test_information_beside_curves_is_kept(rng):
    """Noise of correlation .7071 on z² and sin 2z: log(2) / 2; raw it comes out .06 low."""
    n = 1000
    z, e, own = rng.standard_normal((3, n))
    x, y = z**2 + e, np.sin(2 * z) + np.sqrt(0.5) * (e + own)
    found = measure(named("x", x), named("y", y), named("z", z))
    assert found.mi == pytest.approx(0.5 * np.log(2), abs=0.06)
    assert codes(found) == set()


def test_a_function_of_the_condition_does_not_change_the_estimate(rng):
    """I(X;Y|Z) = I(X - f(Z); Y - g(Z) | Z): powers are taken off exactly, or nearly."""
    z, e, own = rng.standard_normal((3, 500))
    x, y, condition = e, 0.6 * e + 0.8 * own, named("z", z)
    plain = measure(named("x", x), named("y", y), condition).mi
    moved = measure(named("x", x + 5 * z**2), named("y", y - 3 * z), condition).mi
    assert moved == pytest.approx(plain, abs=0.03)


def test_the_estimate_is_that_of_the_residuals(rng):
    x, y, z = common(rng, 150, 0.3, 2)
    left = [explained(side, z).left for side in (x, y)]
    scores = [transform(side, "normal") for side in (*left, z)]
    estimator = KSG()
    expected = estimator.join_given(*map(estimator.prepare, scores)).mi
    found = measure(x, y, z)
    assert (found.estimator, found.mi) == ("ksg", expected)
    assert found.transform == "residuals+normal"
    assert found.params["residuals"] is True


def test_the_raw_form_is_the_paper_s(rng):
    x, y, z = common(rng, 150, 0.3)
    estimator = KSG()
    scores = [transform(side, "normal") for side in (x, y, z)]
    found = measure(x, y, z, RAW)
    assert found.mi == estimator.join_given(*map(estimator.prepare, scores)).mi
    assert found.transform == "normal"


def test_heavy_tails_are_smoothed_as_scores(rng):
    """Of standardised Cauchy numbers the largest few decide every fit; of their scores none."""
    z = rng.standard_cauchy(400)
    x = np.sinh(np.arcsinh(z) + 0.1 * rng.standard_normal(400)) + np.sign(z)
    assert explained(named("x", x), named("z", z)).share > 0.9


def test_each_column_has_a_share_of_its_own(rng):
    z = rng.standard_normal(200)
    both = named("x", np.column_stack((z + 0.1 * rng.standard_normal(200), rng.normal(size=200))))
    found = explained(both, named("z", z))
    assert found.share > 0.95
    assert abs(np.corrcoef(found.left.values[:, 0], z)[0, 1]) < 0.2
    assert np.corrcoef(found.left.values[:, 1], both.values[:, 1])[0, 1] > 0.95


@pytest.mark.parametrize(
    ("settings", "code"), [(Settings(), "common_cause"), (RAW, "cause_left_in")]
)
def test_a_cause_of_both_is_told(rng, settings, code):
    found = measure(*common(rng, 200, 0.3), settings)
    assert codes(found) == {code}
    (note,) = (note for note in found.notes if note.code == code)
    assert "'z0' explains 9" in note.message
    assert note.level == "warning"


def test_a_cause_of_one_is_not_told(rng):
    x, _, z = common(rng, 200, 0.3)
    assert codes(measure(x, named("y", rng.standard_normal(200)), z)) == set()
    assert codes(measure(x, named("y", rng.standard_normal(200)), z, RAW)) == set()


@pytest.mark.parametrize("settings", [Settings(), Settings("ksg", {"residuals": True})])
def test_labels_as_a_condition_are_left_to_their_levels(rng, settings):
    """Within a level there is nothing to smooth over."""
    labels = rng.integers(0, 3, 300)
    x, y = (labels + rng.standard_normal(300) for _ in "xy")
    found = measure(named("x", x), named("y", y), discrete(labels), settings)
    assert "residuals" not in found.transform
    assert codes(found) == set()
    assert abs(found.mi) < 0.08


def test_residuals_that_are_not_taken_are_told_where_they_were_asked_for(rng):
    labels, z = discrete(rng.integers(0, 3, 300)), named("z", rng.standard_normal(300))
    x, y = (named(name, rng.standard_normal(300)) for name in "xy")
    asked = Settings("ksg", {"residuals": True})
    mixed = named("m", np.maximum(rng.standard_normal(300), 0.0), "mixed")
    for sides, reason in (((x, y, labels), "holds labels"), ((mixed, y, z), "'m0' repeats some")):
        (note,) = (n for n in measure(*sides, asked).notes if n.code == "residuals_unused")
        assert reason in note.message
        assert note.level == "warning"
        assert "residuals_unused" not in {n.code for n in measure(*sides).notes}
    assert "residuals_unused" not in {n.code for n in measure(x, y, z, asked).notes}


def test_an_interval_under_a_strong_cause_is_not_relied_on(rng):
    """What smooth functions miss of a cause is no error of sampling."""
    sides = common(rng, 200, 0.3)
    assert assess(*sides, uncertainty=Uncertainty(level=0.95)).reliability == "low"
    found = diagnose(*sides)
    assert found.verdict == "caution"
    assert "'z0' explains 9" in found.sentence


def test_residuals_without_a_condition_are_refused(rng):
    x, y = (named(name, rng.standard_normal(50)) for name in "xy")
    with pytest.raises(UsageError, match="residuals=true would be ignored"):
        measure(x, y, None, Settings("ksg", {"residuals": True}))


def test_atoms_are_not_smoothed(rng):
    """A row at an atom has no place on a curve."""
    z = rng.standard_normal(200)
    x, y = (np.where(rng.random(200) < 0.3, 0.0, z + rng.standard_normal(200)) for _ in "xy")
    found = measure(named("x", x, "mixed"), named("y", y), named("z", z))
    assert "residuals" not in found.transform


@pytest.mark.parametrize("z", [np.zeros(50), np.arange(50.0)], ids=["constant", "line"])
def test_conditions_without_noise_are_taken(rng, z):
    x, y = rng.standard_normal((2, 50))
    assert np.isfinite(measure(named("x", x), named("y", y), named("z", z)).mi)
    assert measure(named("x", np.ones(50)), named("y", y), named("z", z)).mi == 0.0


def test_few_rows_are_estimated_raw(rng):
    x, y, z = (named(name, rng.standard_normal(9)) for name in "xyz")
    assert measure(x, y, z).transform == "normal"


def test_replicates_take_the_residuals_of_all_rows(rng):
    """Any function gives the same information: the one of all rows serves its parts."""
    x, y, z = common(rng, 120, 0.2)
    measurement, _ = measurement_of(x, y, z, Settings())
    rows = np.arange(0, 120, 2)
    left = [explained(side, z).left.take(rows) for side in (x, y)]
    assert measurement.replicate(rows) == measure(*left, z.take(rows), RAW).mi
    assert assess(x, y, z, uncertainty=Uncertainty(level=0.95)).interval is not None


@pytest.mark.parametrize("n_dims", [1, 3])
def test_the_test_holds_its_level_under_a_strong_cause(rng, n_dims):
    """19 permutations, 60 samples at level .05: more than 8 rejections have a chance of .003.

    Rows near in z, unsmoothed, reject in most of them.
    """
    asked, rejected = Uncertainty(n_permutations=19), 0
    for _ in range(60):
        x, y, z = common(rng, 100, 0.1, n_dims)
        found = assess(x, y, z, uncertainty=asked)
        rejected += found.test.p_value <= 0.05
    assert found.test.method == "local-permutation-max+gcmi"
    assert rejected <= 8


def test_the_command_line_has_both_forms(mitool, tmp_path, rng):
    x, y, z = common(rng, 100, 0.1)
    columns = np.column_stack([v.values for v in (x, y, z)])
    path = tmp_path / "d.csv"
    np.savetxt(path, columns, delimiter=",", header="x,y,z", comments="")
    command = ("estimate", path, "-x", "x", "-y", "y", "-z", "z", "--json")
    taken_off, raw = mitool(*command), mitool(*command, "-e", "ksg")
    both = mitool(*command, "-e", "ksg", "-p", "residuals=true")
    assert '"transform": "residuals+normal"' in taken_off.out
    assert "was taken off by smooth functions" in taken_off.err
    assert '"transform": "normal"' in raw.out
    assert "-p residuals=true" in raw.err
    assert '"residuals": true' in both.out


def test_python_gives_what_the_command_gives(rng):
    x, y, z = (v.values[:, 0] for v in common(rng, 100, 0.5))
    with pytest.warns(mi.MitoolWarning, match="explains"):
        found = mi.estimate(x, y, given=z)
    with pytest.warns(mi.MitoolWarning, match="explains"):
        same = mi.estimate(x, y, given=z, estimator="ksg", params={"residuals": True})
    assert (found.mi, found.transform) == (same.mi, "residuals+normal")


def test_columns_of_any_size_are_smoothed(rng):
    x, y, z = common(rng, 100, 0.1)
    huge = measure(named("x", 1e200 * x.values), named("y", 1e-200 * y.values), z)
    assert huge.mi == pytest.approx(measure(x, y, z).mi, abs=1e-6)


def test_labels_beside_numbers_stay_raw(rng):
    numbers, labels = rng.standard_normal(200), rng.integers(0, 2, 200)
    z = Variable(("z", "label"), np.column_stack((numbers, labels)), ("continuous", "discrete"))
    x, y = (numbers + rng.standard_normal(200) for _ in "xy")
    found = measure(variable(x), named("y", y), z)
    assert (found.estimator, found.transform) == ("mesner", "normal")


def test_a_cause_beside_labels_is_left_in_and_said_so(rng):
    """Labels in the condition keep its numbers from being taken off, not from explaining."""
    x, y, z = common(rng, 400, 0.03)
    label = rng.integers(0, 2, 400)
    both = Variable(("z0", "l"), np.column_stack([z.values, label]), ("continuous", "discrete"))
    found = measure(x, y, both)
    assert codes(found) == {"cause_left_in"}
    [note] = [note for note in found.notes if note.code == "cause_left_in"]
    assert "beside labels" in note.message
    unrelated = named("z", rng.standard_normal(400))
    other = Variable(
        ("z0", "l"), np.column_stack([unrelated.values, label]), ("continuous", "discrete")
    )
    assert not codes(measure(x, y, other))
    assert not codes(measure(x, y, discrete(label, "l")))


def test_a_cause_of_numbers_that_repeat_is_left_in_and_said_so(rng):
    rounded = [
        named(each.names[0][0], np.round(each.values, 1), "mixed")
        for each in common(rng, 400, 0.05)
    ]
    assert codes(measure(*rounded)) == {"cause_left_in"}
