"""Verdicts: clean samples are trusted, and each known way to go wrong is called by its code."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import numpy as np
import pytest

from mitool.diagnosis import diagnose
from mitool.measure.estimation import measure
from mitool.measure.settings import Settings
from mitool.tables import from_python
from mitool.uncertainty import Uncertainty, assess
from mitool.variables import Variable, gather
from mitool.variables.drifting import Steadying
from tests.make import gathered


def pair(rng, n=500, rho=0.6):
    x = rng.normal(size=n)
    return x, rho * x + np.sqrt(1 - rho**2) * rng.normal(size=n)


def codes(found):
    return {note.code for note in found.estimate.notes if note.level == "warning"}


def test_a_clean_sample_is_trusted(rng):
    x, y = pair(rng)
    found = diagnose(gathered(x, "x"), gathered(y, "y"))
    assert found.verdict == "trust"
    assert found.estimate.reliability == "ok"
    assert found.estimate.interval.low < 0.223 < found.estimate.interval.high
    assert {check for check, _, _ in found.steps()} >= {"neighbours", "rows", "transform rank"}


def test_every_sweep_passes_through_the_estimate(rng):
    x, y = pair(rng)
    found = diagnose(gathered(x, "x"), gathered(y, "y"))
    for check, at, step in found.steps():
        if (check, at) in {("neighbours", 2.0), ("rows", 500.0), ("transform normal", None)}:
            assert step.mi == found.estimate.mi


def test_what_a_curve_shows_beside_the_estimate_has_its_own_name_and_unit(rng):
    x, y = pair(rng, n=120)
    y = gathered(np.digitize(y, [-0.5, 0.5]), "y")
    found = diagnose(gathered(x, "x"), y, settings=Settings("dsmi"))
    shown = {(step.estimand, step.to("bits").unit) for _, _, step in found.steps()}
    assert shown == {("dsmi", "bits"), ("dse", "bits"), ("eigenvalue", None)}


def copied(rng):
    x, y = pair(rng)
    rows = np.concatenate((np.arange(500), np.arange(100)))
    return x[rows], y[rows]


def in_time(rng):
    out = np.zeros((2, 1000))
    for t in range(1, 1000):
        out[:, t] = 0.9 * out[:, t - 1] + rng.normal(size=2)
    return out


def wide(rng):
    x = rng.normal(size=(400, 5))
    return x, 0.5 * x + rng.normal(size=(400, 5))


def nearly_equal(rng):
    x = rng.normal(size=200)
    return x, x + 1e-9 * rng.normal(size=200)


def stacked(rng):
    x, y = pair(rng, n=200)
    return np.tile(x, 3), np.tile(y, 3)


def alternating(rng):
    """Labels that follow from the numbers, log 4 nats, and that no neighbour shares."""
    return np.sort(rng.random(400)), np.arange(400) % 4


@pytest.mark.parametrize(
    ("sample", "code", "verdict"),
    [
        (alternating, "below_zero", "do not report"),
        (stacked, "duplicate_rows", "do not report"),
        (copied, "duplicate_rows", "do not report"),
        (in_time, "autocorrelation", "caution"),
        (nearly_equal, "ceiling", "do not report"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_known_faults_have_their_code(rng, sample, code, verdict):
    x, y = sample(rng)
    found = diagnose(gathered(x, "x"), gathered(y, "y"))
    assert code in codes(found)
    assert found.verdict == verdict


@pytest.mark.parametrize("sample", [stacked, copied, in_time, nearly_equal])
def test_the_interval_of_what_is_not_trusted_is_unreliable(rng, sample):
    x, y = sample(rng)
    found = diagnose(gathered(x, "x"), gathered(y, "y"))
    assert found.verdict != "trust"
    assert found.estimate.reliability == "low"


def test_series_are_looked_at_for_what_they_drift_by(rng):
    """As an estimate of rows in time is; steps of two walks have nothing to show."""
    walks = [gathered(np.cumsum(rng.normal(size=300)), name) for name in "xy"]
    found = diagnose(*walks, uncertainty=Uncertainty(order="time"))
    asked = Uncertainty(level=0.95, order="time")
    assert codes(found) == {"unit_root"}
    assert found.verdict == "caution"
    assert found.estimate.interval == assess(*walks, uncertainty=asked).interval
    steps = Settings(steadying=Steadying(difference=True))
    found = diagnose(*walks, settings=steps, uncertainty=Uncertainty(order="time"))
    assert found.verdict == "trust"


def test_parts_of_a_series_are_made_of_its_blocks(rng):
    """A persistent series loses its neighbours in single rows, and keeps them in blocks."""
    x, y = in_time(rng)
    sides = gathered(x, "x"), gathered(y, "y")
    blocks = diagnose(*sides, uncertainty=Uncertainty(order="time"))
    rows = diagnose(*sides, uncertainty=Uncertainty(order="none"))
    by_size = [
        {at: step.mi for check, at, step in found.steps() if check == "rows"}
        for found in (blocks, rows)
    ]
    assert by_size[0][1000.0] == by_size[1][1000.0] == blocks.estimate.mi
    assert by_size[0][125.0] != by_size[1][125.0]


def test_columns_that_alone_tell_more_show_that_the_whole_is_too_low(rng):
    """Of 0.86 nats between the first column and y, neighbours in five columns find none."""
    x = rng.normal(size=(500, 4))
    y = np.sin(3 * x[:, 0]) + 0.3 * rng.normal(size=500)
    sides = gathered(x, "x"), gathered(y, "y")
    assert assess(*sides, uncertainty=Uncertainty(level=0.95)).mi < 0.4
    found = diagnose(*sides)
    assert "part_exceeds" in codes(found)
    assert found.verdict == "do not report"
    assert found.estimate.reliability == "low"


def test_tails_that_normal_scores_tame_are_no_fault(rng):
    """The truth is 0.223 nats whatever the margins; standardised columns give 0.14."""
    x, y = pair(rng, n=1000)
    found = diagnose(gathered(np.exp(4 * x), "x"), gathered(np.exp(4 * y), "y"))
    assert found.verdict == "trust"
    assert found.estimate.interval.low < 0.223 < found.estimate.interval.high


def test_standardised_columns_that_give_more_show_that_scores_lose_something(rng):
    """Small differences of columns hold all there is, and ranks blur them."""
    a, b = rng.normal(size=(2, 500))
    x, y = np.column_stack((a, a + 0.05 * b)), b + 0.3 * rng.normal(size=500)
    found = diagnose(gathered(x, "x"), gathered(y, "y"))
    assert found.verdict != "trust"
    assert codes(found) & {"transform_drift", "bias"}


@pytest.mark.parametrize(
    "make",
    [
        lambda rng, x: (
            x,
            np.where(rng.random(500) < 0.5, -1.0, 1.0) * x + 0.05 * rng.normal(size=500),
        ),
        lambda rng, x: (x, np.sin(9 * x) + 0.1 * rng.normal(size=500)),
        lambda rng, x: (rng.random(500), None),
    ],
    ids=["cross", "sine", "steps"],
)
def test_a_plain_estimate_says_where_its_scales_disagree(rng, make):
    x, y = make(rng, rng.normal(size=500))
    if y is None:
        y = np.floor(20 * x) % 5 + 0.1 * rng.normal(size=500)
    found = measure(gathered(x, "x"), gathered(y, "y"))
    assert "scales" in {note.code for note in found.notes if note.level == "warning"}


def test_a_plain_estimate_of_a_smooth_pair_says_nothing_of_scales(rng):
    silent = 0
    for _ in range(20):
        x, y = pair(rng, n=300)
        notes = measure(gathered(x, "x"), gathered(y, "y")).notes
        silent += "scales" not in {note.code for note in notes}
    assert silent >= 18


def test_many_columns_that_a_copula_describes_are_trusted(rng):
    """Six columns are no fault by themselves: here a Gaussian copula finds all there is."""
    z = rng.normal(size=(1000, 3))
    x, y = z + rng.normal(size=(1000, 3)), z + rng.normal(size=(1000, 3))
    found = diagnose(gathered(x, "x"), gathered(y, "y"))
    assert found.verdict == "trust"
    assert "dimension" in {note.code for note in found.estimate.notes}


def test_many_columns_of_which_a_copula_sees_little_are_not(rng):
    """Multivariate t: correlations are 0, and what its scale tells is found in part only."""
    scale = np.sqrt(2 / rng.chisquare(2, 1000))[:, None]
    x, y = rng.normal(size=(2, 1000, 3)) * scale
    found = diagnose(gathered(x, "x"), gathered(y, "y"))
    assert "beyond_copula" in codes(found)


def test_labels_of_which_most_have_been_seen_are_not_undersampled_for_nsb(rng):
    """64 cells, of which 8 hold all but a hundredth of the rows; the truth is 2.02 nats."""
    share = (np.eye(8) + 1e-3) / (8 + 64e-3)
    cell = rng.choice(64, size=300, p=share.ravel())
    found = diagnose(gathered(cell // 8, "x"), gathered(cell % 8, "y"))
    assert "undersampled_table" in {note.code for note in found.estimate.notes}
    assert "undersampled_table" not in codes(found)
    assert found.estimate.mi == pytest.approx(2.02, abs=0.06)


@pytest.mark.parametrize("name", ["ross", "mesner", "mixed-ksg"])
def test_alternating_labels_are_told_from_independent_ones(name, rng):
    x, y = alternating(rng)
    for labels, below in ((y, True), (rng.permutation(y), False)):
        found = measure(gathered(x, "x"), gathered(labels, "y"), settings=Settings(name))
        assert ("below_zero" in {note.code for note in found.notes}) is below


def test_rows_that_coincide_at_an_atom_are_no_copies(rng):
    x, y = pair(rng)
    found = diagnose(gathered(np.maximum(x, 0), "x"), gathered(np.maximum(y, 0), "y"))
    assert "duplicate_rows" not in codes(found)


def test_many_columns_are_below_a_gaussian_bound(rng):
    x, y = wide(rng)
    found = diagnose(gathered(x, "x"), gathered(y, "y"), settings=Settings("ksg"))
    assert {"dimension", "below_gaussian_bound"} <= codes(found)
    assert found.verdict == "do not report"


def test_outliers_without_a_transform_are_called_so(rng):
    x, y = pair(rng)
    x[:3] *= 1e4
    settings = Settings("ksg", transform="none")
    found = diagnose(gathered(x, "x"), gathered(y, "y"), settings=settings)
    assert "heavy_tails" in codes(found)


def test_columns_of_unequal_scale_without_a_transform_are_called_so(rng):
    x, y = pair(rng)
    joint = np.column_stack((x, 1000 * rng.normal(size=500)))
    settings = Settings("ksg", transform="none")
    assert "scale" in codes(diagnose(gathered(joint, "x"), gathered(y, "y"), settings=settings))


def test_a_label_that_is_determined_is_near_its_entropy(rng):
    y = rng.normal(size=1000)
    label = Variable(("l",), np.floor(4 * (y > 0) + (y > 1))[:, None], ("discrete",))
    assert "near_deterministic" in codes(diagnose(label, gathered(y, "y")))


def test_undersampled_tables_are_not_to_be_reported(rng):
    x, y = (rng.integers(0, 20, 60)[:, None].astype(float) for _ in range(2))
    found = diagnose(Variable(("x",), x, ("discrete",)), Variable(("y",), y, ("discrete",)))
    assert "undersampled_table" in codes(found)
    assert found.verdict == "do not report"
    assert "--permutations 999 tests dependence" in found.sentence


def test_levels_without_neighbours_are_not_to_be_reported(rng):
    x, y = pair(rng, n=200)
    given = Variable(("z",), np.repeat(np.arange(50.0), 4)[:, None], ("discrete",))
    found = diagnose(gathered(x, "x"), gathered(y, "y"), given)
    assert (found.estimate.mi, found.verdict) == (0.0, "do not report")
    assert found.sentence.startswith("200 of 200 rows share their labels with fewer than 5 others")


def test_sweeps_leave_out_what_levels_have_too_few_rows_for(rng):
    x, y = pair(rng, n=192)
    given = Variable(("z",), np.repeat(np.arange(12.0), 16)[:, None], ("discrete",))
    found = diagnose(gathered(x, "x"), gathered(y, "y"), given, Settings("ksg"))
    assert max(at for check, at, _ in found.steps() if check == "neighbours") == 15


def test_few_rows_are_not_to_be_reported(rng):
    found = diagnose(
        *(gathered(each, name) for each, name in zip(pair(rng, 15), "xy", strict=True))
    )
    assert found.verdict == "do not report"
    assert found.note.message.startswith("do not report: 15 rows cannot show how far off it is")
    assert found.estimate.interval is None
    assert not list(found.steps())


def test_a_constant_is_exactly_uninformative(rng):
    found = diagnose(gathered(np.ones(50), "x"), gathered(rng.normal(size=50), "y"))
    assert (found.estimate.mi, found.verdict) == (0.0, "trust")


def test_the_command_gives_the_verdict_first(mitool, tmp_path, rng):
    for name, values in zip("xy", pair(rng), strict=True):
        np.save(tmp_path / f"{name}.npy", values)
    picture = tmp_path / "sweeps.png"
    files = (f"{tmp_path}/x.npy", f"{tmp_path}/y.npy")
    outcome = mitool("diagnose", *files, "--json", "--plot", str(picture))
    assert outcome.code == 0, outcome.err
    first, *rest = json.loads(outcome.out)["results"]
    assert first["verdict"] == "trust"
    assert {row["check"] for row in rest} >= {"neighbours", "rows", "transform rank"}
    assert picture.stat().st_size > 1000


def test_a_bandwidth_has_its_sweep(mitool):
    columns = ("-x", "alcohol", "-y", "color_intensity")
    outcome = mitool("diagnose", "sample_data/wine.csv", *columns, "-e", "csqmi", "--json")
    assert outcome.code == 0, outcome.err
    document = json.loads(outcome.out)
    assert any("bandwidth" in row["check"] for row in document["results"])
    assert any(note["code"] == "bandwidth" for note in document["warnings"])


def test_a_stacked_table_is_called_so_beside_labels_too(rng):
    x, y = pair(rng, n=200)
    tripled = gathered(np.tile(x, 3), "x"), gathered(np.tile(np.digitize(y, [0.0]), 3), "label")
    assert "every row of 'x' and 'label' is there 3 times" in notes_of(*tripled)["duplicate_rows"]


def test_rounded_numbers_are_no_copies(rng):
    x, y = pair(rng, n=2000)
    assert "duplicate_rows" not in notes_of(
        gathered(np.round(x, 1), "x"), gathered(np.round(y, 1), "y")
    )


def test_rows_alone_with_their_label_are_counted(rng):
    x, y = pair(rng, n=300)
    table = from_python(np.round(40 * y).astype(str), "y")
    labels = gather(table.read(table.names))
    found = notes_of(gathered(x, "x"), labels)
    assert "rows are alone with their label in 'y' and left out" in found["singletons"]
    assert "singletons" not in notes_of(gathered(x, "x"), gathered(np.round(y), "y"))


def notes_of(x, y):
    return {note.code: note.message for note in measure(x, y).notes}


def test_steps_go_by_the_kind_of_a_curve_and_not_by_its_title(rng):
    x, y = pair(rng, n=200)
    found = diagnose(gathered(x, "x"), gathered(y, "y"))
    named = [replace(sweep, x_label="a label") for sweep in found.sweeps]
    relabelled = replace(found, sweeps=tuple(named))
    assert [step for _, _, step in relabelled.steps()] == [step for _, _, step in found.steps()]
    assert {sweep.kind for sweep in found.sweeps} == {"neighbours", "rows", "transforms"}


@pytest.mark.parametrize(
    ("name", "present", "status", "said"),
    [
        ("p.png", False, 5, "pictures need matplotlib; install it with"),
        ("p.xyz", True, 3, "cannot draw into 'p.xyz'; its suffix must be one of"),
        ("nowhere/p.png", True, 3, "there is no folder"),
    ],
)
def test_a_picture_that_cannot_be_drawn_is_refused_before_anything_is_read(
    mitool, tmp_path, monkeypatch, name, present, status, said
):
    if not present:
        monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    outcome = mitool("diagnose", "no such file.csv", "--plot", tmp_path / name)
    assert (outcome.code, outcome.out) == (status, "")
    assert said in outcome.err


def test_a_plot_of_too_few_rows_says_so(mitool, tmp_path):
    path, picture = tmp_path / "d.csv", tmp_path / "p.svg"
    path.write_text("a,b\n1,2.5\n2.5,1\n3,4\n4.5,3\n5,7\n")
    outcome = mitool("diagnose", path, "-x", "a", "-y", "b", "-q", "--plot", picture)
    assert outcome.code == 0, outcome.err
    assert "too few rows for any sweep" in picture.read_text()
