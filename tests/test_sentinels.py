"""Numbers that stand for a missing value: found by where they are, whatever they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mitool.tables.column import Column
from mitool.variables import gather


def found(values: np.ndarray, **decided: list[str]) -> list[str]:
    column = Column("c", np.asarray(values, dtype=float))
    notes = [note for note in gather([column], **decided).notes if note.code == "sentinel"]
    assert all(note.level == "warning" and note.columns == ("c",) for note in notes)
    return [note.message.rpartition("add --na ")[2] for note in notes]


def with_codes(rng: np.random.Generator, values: np.ndarray, **shares: float) -> np.ndarray:
    """Put codes in some of the rows: ``minus999=0.1`` is -999 in a tenth of them."""
    out, draw, below = np.array(values, dtype=float), rng.random(len(values)), 0.0
    for code, share in shares.items():
        value = float(code.replace("minus", "-").replace("code", ""))
        out[(draw >= below) & (draw < below + share)] = value
        below += share
    return out


@pytest.mark.parametrize("code", ["minus999", "code9999", "code99", "minus99", "code12345"])
def test_a_code_far_outside_numbers_is_named(rng, code):
    values = with_codes(rng, rng.normal(size=400), **{code: 0.1})
    assert found(values) == [code.replace("minus", "-").replace("code", "")]


def test_codes_side_by_side_and_on_both_sides_are_all_named(rng):
    values = rng.normal(170, 10, size=1000)
    assert found(with_codes(rng, values, minus999=0.1, minus998=0.05)) == ["-999", "-998"]
    assert found(with_codes(rng, values, minus999=0.1, code999=0.05)) == ["-999", "999"]


@pytest.mark.parametrize("levels", [2, 7])
def test_codes_of_a_questionnaire_are_named_unless_they_are_labels(rng, levels):
    answers = with_codes(rng, rng.integers(0, levels, 500), code99=0.1)
    assert found(answers) == ["99"]
    assert found(answers, continuous=["c"]) == ["99"]
    assert found(answers, discrete=["c"]) == []


INNOCENT = {
    "nothing": lambda rng: rng.normal(size=1000),
    "a limit of measurement": lambda rng: np.minimum(rng.lognormal(10, 1, 1000), 60_000),
    "a floor": lambda rng: np.maximum(rng.normal(size=1000), -1),
    "dry days": lambda rng: rng.gamma(2, size=1000) * (rng.random(1000) < 0.5),
    "nothing bought": lambda rng: rng.normal(1000, 5, 1000) * (rng.random(1000) < 0.6),
    "counts": lambda rng: rng.poisson(3, 1000),
    "doses": lambda rng: rng.choice([0, 1, 10, 100], 1000),
    "coins": lambda rng: rng.integers(0, 2, 1000),
    "long tails": lambda rng: rng.standard_cauchy(1000),
    "rounded long tails": lambda rng: rng.standard_cauchy(1000).round(),
    "words": lambda rng: rng.zipf(2, 1000),
    "one wild value": lambda rng: np.append(rng.normal(size=999), 9999),
    "two values": lambda rng: np.repeat([5.0, -999.0], 500),
    "one value": lambda rng: np.full(1000, 9999.0),
    "none": lambda rng: np.full(1000, np.nan),
}


@pytest.mark.parametrize("name", INNOCENT)
def test_what_may_well_be_meant_is_left_in_peace(name):
    for seed in range(20):
        assert found(INNOCENT[name](np.random.default_rng(seed))) == []


def test_the_line_that_the_warning_gives_mends_it(mitool, tmp_path: Path, rng):
    x = rng.normal(size=400)
    y = x + rng.normal(size=400)
    table = np.column_stack((with_codes(rng, x, minus999=0.1), y))
    np.savetxt(tmp_path / "d.csv", table, delimiter=",", header="x,y", comments="")
    words = ("estimate", tmp_path / "d.csv", "-x", "x", "-y", "y", "--value")
    told = mitool(*words).err
    assert "column 'x' holds -999 in " in told
    option = told[told.index("--na ") :].split("\n")[0].split()
    assert mitool(*words, *option).err == ""


def test_a_stream_names_codes_among_few_numbers(mitool, tmp_path: Path, rng):
    table = np.column_stack(
        (with_codes(rng, rng.integers(1, 8, 400), code99=0.1), rng.integers(0, 2, 400))
    )
    np.savetxt(tmp_path / "d.csv", table, delimiter=",", header="x,y", comments="", fmt="%d")
    words = ("estimate", tmp_path / "d.csv", "-x", "x", "-y", "y", "--value")
    assert "add --na 99" in mitool(*words).err
    assert mitool(*words, "--stream").err == mitool(*words).err
