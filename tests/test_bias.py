"""The signs of a bias: what each is worth, and where together they are more than chance."""

from __future__ import annotations

import pytest

from mitool.diagnosis.bias import Signs, weighed
from mitool.result.codes import note_of

ONE = {"fine": 1.0, "coarse": 1.0}
DRIFT = note_of("n_drift", part="a quarter", value=0.9, estimate=1.0, unit=" nats")
DIMENSION = note_of("dimension", n_dims=6)


def signs(**changed) -> Signs:
    plain = {"mi": 1.0, "se": 0.05, "n_dims": 2, "half": 1.0, "quarter": 1.0}
    return Signs(**{**plain, "standard": 1.0, "rank": 1.0, **changed})


def warned(found: Signs, *notes) -> list[str]:
    return [note.code for note in weighed(notes, found) if note.level == "warning"]


def test_chance_is_two_deviations_or_a_twentieth_of_a_nat() -> None:
    assert signs(se=0.1).chance == pytest.approx(0.174)
    assert signs(se=0.001).chance == 0.05


@pytest.mark.parametrize(
    ("changed", "worth"),
    [
        ({"quarter": 0.9}, 0.021),
        ({"extras": {"fine": 1.1, "coarse": 1.0}}, 0.022),
        ({"rank": 1.1}, 0.026),
        ({"standard": 1.1}, 0.022),
        ({"standard": 0.9}, 0.022),
        ({"quarter": None, "half": 0.95}, 0.021),
    ],
)
def test_each_sign_is_worth_its_weight(changed, worth) -> None:
    assert signs(**{"extras": ONE, **changed}).likely == pytest.approx(worth)


def test_signs_that_say_little_alone_are_heard_together() -> None:
    """Chance is 0.087 here, and 0.54 of it 0.047."""
    apart = [{"quarter": 0.85}, {"extras": {"fine": 1.1, "coarse": 1.0}}, {"rank": 1.05}]
    for changed in apart:
        assert warned(signs(**{"extras": ONE, **changed})) == []
    together = {name: value for changed in apart for name, value in changed.items()}
    assert warned(signs(**together)) == ["bias"]


def test_a_drift_by_chance_is_a_note_and_no_warning() -> None:
    (note,) = weighed([DRIFT], signs(extras=ONE))
    assert (note.code, note.level) == ("n_drift", "note")


@pytest.mark.parametrize(("quarter", "codes"), [(0.88, []), (0.86, ["bias"]), (1.14, ["bias"])])
def test_without_scales_a_drift_either_way_is_held_against_chance(quarter, codes) -> None:
    assert warned(signs(quarter=quarter, half=1.0), DRIFT) == codes


def test_standardised_columns_count_where_they_give_more() -> None:
    assert warned(signs(standard=1.1)) == ["transform_drift"]
    assert warned(signs(standard=0.8)) == []


@pytest.mark.parametrize(
    ("n_dims", "extras", "codes"),
    [
        (6, {"gcmi": 0.8, "gcmi2": 0.9}, ["beyond_copula"]),
        (6, {"gcmi": 0.95, "gcmi2": 0.9}, []),
        (5, {"gcmi": 0.8, "gcmi2": 0.9}, []),
        (4, {"gcmi": 0.8, "gcmi2": 1.0}, ["beyond_copula"]),
        (3, {"gcmi": 0.8, "gcmi2": 1.0}, []),
    ],
)
def test_many_columns_are_doubted_by_what_a_copula_does_not_see(n_dims, extras, codes) -> None:
    assert warned(signs(n_dims=n_dims, extras=extras), DIMENSION) == codes


def test_without_a_copula_many_columns_stay_doubtful() -> None:
    assert warned(signs(n_dims=6), DIMENSION) == ["dimension"]


def test_what_is_no_sign_of_a_bias_stays_as_it_is() -> None:
    severe = note_of("below_gaussian_bound", copula=1.2)
    assert list(weighed([severe], signs(extras=ONE))) == [severe]
