"""Structure and residual of a learning curve: the reference case and closed forms."""

from __future__ import annotations

import json

import numpy as np
import pytest
from models_reference import CASES, FOLDER

import mitool as package
from mitool.models.learning_curves import split

BETA, T0, T = 0.2849, 1e3, 1e6


def power_law(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Give the mean losses 2 + (T0 / t)^β of n equal intervals up to T."""
    edges = np.linspace(0.0, T, n + 1)
    whole = T0**BETA * edges ** (1 - BETA) / (1 - BETA)
    return edges[1:], 2.0 + np.diff(whole) / np.diff(edges)


def test_the_curve_has_its_reference_values():
    tokens, losses = np.loadtxt(FOLDER / "H05_losses.csv", delimiter=",", skiprows=1, unpack=True)
    found, values = split(tokens, losses), CASES["H05"]["values"]
    assert found.total == pytest.approx(values["total"], abs=1e-9)
    assert found.residual == pytest.approx(values["residual"], abs=1e-9)
    assert found.structure == pytest.approx(values["structure"], abs=1e-9)


def test_a_power_law_has_its_closed_form():
    tokens, losses = power_law(1_000_000)
    window = T0**BETA * T ** (1 - BETA) / (1 - BETA) * (1 - (1 - 0.95 ** (1 - BETA)) / 0.05)
    assert window == pytest.approx(54653.377, abs=1e-3)
    assert split(tokens, losses).structure == pytest.approx(window, rel=1e-3)
    last = BETA / (1 - BETA) * T0**BETA * T ** (1 - BETA)
    assert last == pytest.approx(55670.57, abs=1e-2)
    assert split(tokens, losses, last=True).structure == pytest.approx(last, rel=1e-3)


def test_a_constant_loss_has_no_structure():
    found = split(np.array([10.0, 25.0, 100.0]), np.full(3, 1.5))
    assert (found.total, found.structure) == (150.0, 0.0)


def read(outcome) -> dict[str, dict]:
    assert outcome.code == 0, outcome.err
    return {
        " ".join(filter(None, (row["estimator"], row["form"]))): row
        for row in json.loads(outcome.out)["results"]
    }


def test_the_command_gives_the_reference_values(mitool):
    found = read(mitool("epiplexity", FOLDER / "H05_losses.csv", "--json"))
    for name, value in CASES["H05"]["values"].items():
        assert found[name]["mi"] == pytest.approx(value, abs=1e-9)


def test_runs_have_a_mean_with_an_interval_and_rows_of_their_own(mitool, tmp_path):
    (tmp_path / "r.csv").write_text("run,step,loss\na,1,3\na,2,1\nb,1,5\nb,2,1\nc,1,4\nc,2,1\n")
    found = read(mitool("epiplexity", tmp_path / "r.csv", "--tokens-per-step", 10, "--json"))
    structures = np.array([20.0, 40.0, 30.0])
    mean = found["structure mean of 3 runs"]
    assert mean["mi"] == pytest.approx(30.0)
    assert mean["se"] == pytest.approx(structures.std(ddof=1) / np.sqrt(3))
    assert found["structure run b"]["mi"] == pytest.approx(40.0)


def test_a_log_of_a_trainer_and_losses_in_bits(mitool, tmp_path):
    history = [{"loss": 2.0, "step": 10}, {"eval_loss": 9.0, "step": 10}, {"loss": 1.0, "step": 20}]
    (tmp_path / "s.json").write_text(json.dumps({"log_history": history}))
    command = ("epiplexity", tmp_path / "s.json", "--loss-unit", "bits", "-u", "bits", "--json")
    found = read(mitool(*command))
    assert found["structure"]["mi"] == pytest.approx(10.0)
    assert found["total"]["mi"] == pytest.approx(30.0)


def test_curves_are_drawn(mitool, tmp_path):
    picture = tmp_path / "c.svg"
    mitool("epiplexity", FOLDER / "H05_losses.csv", "--plot", picture)
    assert b"<svg" in picture.read_bytes()[:500]


def test_python_has_the_same_curves():
    tokens, losses = np.loadtxt(FOLDER / "H05_losses.csv", delimiter=",", skiprows=1, unpack=True)
    found = package.epiplexity({"tokens": tokens, "loss": losses})
    assert [each.estimator for each in found] == ["structure", "residual", "total"]
    assert found[0].value == pytest.approx(CASES["H05"]["values"]["structure"])
    assert package.epiplexity(np.column_stack((tokens, losses)))[0].value == found[0].value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tokens,loss\n10,1\n20,1\n15,1\n", "the tokens of the curve go from 20 to 15 in row 2"),
        ("tokens,loss\n10,1\n20,nan\n", "has nan as its loss in row 1"),
        ("step,loss\n0,2\n1,1\n", "the curve begins at 0, before anything was seen"),
        ("tokens,loss\n10,1\n", "has 1 row; a learning curve needs two"),
        ("a,loss\n10,1\n20,2\n", "needs the columns tokens (or step) and loss; it has a, loss"),
        ('{"history": []}', "has no 'log_history'"),
        ('[{"loss": 1}, {"loss": 2}]', "has no entries of a loss with one of"),
    ],
)
def test_bad_curves_are_one_clear_line(mitool, tmp_path, text, said):
    file = tmp_path / "bad"
    file.write_text(text)
    found = mitool("epiplexity", file)
    assert (found.code, found.out) == (3, "")
    assert said in found.err
    assert found.err.count("\n") == 1


def test_tokens_are_no_steps(mitool):
    found = mitool("epiplexity", FOLDER / "H05_losses.csv", "--tokens-per-step", 10)
    assert "is for steps, and the curve counts tokens" in found.err
