"""Estimators of other packages that exit, lie, or give other things: one line, no other harmed."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import ModuleType
from typing import Any, ClassVar

import numpy as np
import pytest

from mitool.estimators import guest
from mitool.estimators.base import NUMERIC, Estimator, Value

GIVEN: dict[str, Any] = {
    "a plain number": lambda: 0.5,
    "nothing": lambda: None,
    "text": lambda: Value("0.5"),  # type: ignore[arg-type]
    "an array": lambda: Value(np.ones(3)),  # type: ignore[arg-type]
    "a complex number": lambda: Value(1j),  # type: ignore[arg-type]
    "nan": lambda: Value(float("nan")),
    "infinity": lambda: Value(float("inf")),
    "an exit": lambda: sys.exit(0),
    "an exit with words": lambda: sys.exit("good bye\n\x1b[31m"),
    "an error": lambda: [][1],
    "an endless recursion": lambda: GIVEN["an endless recursion"](),
}


@pytest.fixture
def offered(mitool, monkeypatch, tmp_path):
    """Offer a class as the estimator ``guest`` and run a command over it and a sound one."""
    path = tmp_path / "d.csv"
    np.savetxt(path, np.random.default_rng(1).normal(size=(50, 2)), header="a,b", comments="",
               delimiter=",")  # fmt: skip

    def run(kind: object, *more: object):
        module = ModuleType("offering")
        module.Guest = kind  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "offering", module)
        monkeypatch.setattr("mitool.estimators.plugins", lambda: {"guest": "offering:Guest"})
        guest.guest.cache_clear()
        return mitool("estimate", path, "-x", "a", "-y", "b", "-q", *more)

    yield run
    guest.guest.cache_clear()


def class_that(give: Any) -> type[Estimator]:
    @dataclass(frozen=True)
    class Guest(Estimator):
        accepts: ClassVar = NUMERIC

        def join(self, x: Any, y: Any) -> Value:
            return give()

    return Guest


@pytest.mark.parametrize("what", GIVEN)
def test_a_guest_that_gives_something_else(what, offered):
    outcome = offered(class_that(GIVEN[what]), "-e", "guest")
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err.startswith("mitool: error: estimator 'guest' of another package failed (")
    assert outcome.err.count("\n") == 1
    assert "\x1b" not in outcome.err


@pytest.mark.parametrize("what", ["nan", "an exit", "a plain number"])
def test_a_guest_that_fails_beside_a_sound_estimator(what, offered):
    outcome = offered(class_that(GIVEN[what]), "-e", "guest", "-e", "gaussian", "--format", "csv")
    assert outcome.code == 4
    assert outcome.out.count("\n") == 3
    assert "of another package failed" in outcome.out


def test_a_sound_guest_is_as_it_was(offered):
    kind = class_that(lambda: Value(0.25))
    outcome = offered(kind, "-e", "guest", "--value")
    assert (outcome.code, outcome.out) == (0, "0.25\n")


def exiting() -> None:
    sys.exit(7)


@pytest.mark.parametrize(
    "kind",
    [
        exiting,
        3,
        None,
        dict,
        type("Bare", (Estimator,), {}),
        type("Odd", (Estimator,), {"accepts": frozenset({("red", "green")})}),
        type("NoSet", (Estimator,), {"accepts": 3}),
        type("Init", (Estimator,), {"accepts": NUMERIC, "__init__": lambda self: exiting()}),
    ],
    ids=lambda kind: getattr(kind, "__name__", str(kind)),
)
def test_a_guest_that_is_no_estimator(kind, offered):
    outcome = offered(kind, "-e", "guest")
    assert (outcome.code, outcome.out) == (3, "")
    assert "cannot be loaded" in outcome.err
    assert outcome.err.count("\n") == 1
    assert offered(kind, "-e", "gaussian").code == 0
