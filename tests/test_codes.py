"""Warning codes: all in one table, none made without it, and each one in use."""

from __future__ import annotations

import ast
import re
import warnings
from pathlib import Path

import numpy as np
import pytest

from mitool.errors import MitoolWarning
from mitool.result import Estimate, Note
from mitool.result.codes import CODES, gravity_of, note_of, softened, warn
from mitool.result.wording import amounts_in

ROOT = Path(__file__).parent.parent
MODULES = sorted(set((ROOT / "mitool").rglob("*.py")) - {ROOT / "mitool" / "result" / "codes.py"})


def calls(path, *names):
    """Give the first argument of each call of a function of these names, where it is a text."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            for argument in node.args[:1]:
                if isinstance(argument, ast.Constant):
                    yield argument.value


def texts(path):
    """Give every literal text of a module."""
    tree = ast.parse(path.read_text())
    return {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_has_a_code_of_its_own(path):
    assert not list(calls(path, "Note", "MitoolWarning"))
    assert set(calls(path, "note_of", "warn", "skipped")) <= CODES.keys()


def test_every_code_is_used():
    assert CODES.keys() <= set().union(*map(texts, MODULES))


def test_a_code_that_is_not_in_the_table_cannot_be_made():
    with pytest.raises(KeyError):
        note_of("nonsense")
    with pytest.raises(KeyError):
        warn("nonsense", stacklevel=1)


def test_a_sentence_that_lacks_a_word_cannot_be_made():
    with pytest.raises(KeyError):
        note_of("small_n")


def test_a_note_holds_its_sentence_and_columns():
    found = note_of("unusable", ("when",), name="when", what="list<item: double>")
    assert found.message == "column 'when' holds list<item: double>: left out"
    assert (found.code, found.columns, found.level) == ("unusable", ("when",), "warning")
    assert softened(found).level == "note"


def test_a_warning_is_of_its_code_and_points_at_the_caller():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn("rounded", stacklevel=1, name="id", n_distinct=3, n_kept=2)
    assert isinstance(caught[0].message, MitoolWarning)
    assert caught[0].message.code == "rounded"
    assert caught[0].filename == __file__


def test_the_code_of_a_plug_in_is_plain():
    assert gravity_of(Note("of_a_plug_in", "something")) == "plain"


def test_a_sentence_shows_what_it_names_in_capitals():
    assert CODES["small_n"].shown == "only N_ROWS rows: estimates of MI vary much at this size"


@pytest.mark.parametrize("place", ["docs/files.md", "man/man1/mitool.1"])
def test_every_code_stands_in_the_manual(place):
    text = (ROOT / place).read_text()
    assert not [code for code in CODES if code not in text]


def test_notes_are_loud_exactly_where_something_follows():
    assert {c.level for c in CODES.values() if c.gravity != "plain"} == {"warning"}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("finds 0.5 nats, but 0.0211 nats where", "finds 0.72 bits, but 0.0304 bits where"),
        ("can show (5.65 nats): read", "can show (8.15 bits): read"),
        ("by about 2e-05 nats or more", "by about 2.9e-05 bits or more"),
        ("gives -0.25 nats", "gives -0.36 bits"),
        ("column '3 nats' is constant; 12 natsumi", "column '3 nats' is constant; 12 natsumi"),
        ("already 2 bits", "already 2 bits"),
    ],
)
def test_amounts_of_information_go_from_unit_to_unit(message, expected):
    assert amounts_in(message, "bits") == expected
    assert amounts_in(message, "nats") == message.replace("2 bits", "1.4 nats")


def test_every_amount_of_a_sentence_stands_before_its_unit():
    """Else a report in bits would leave it in nats."""
    for entry in CODES.values():
        for place in re.finditer(r"nats", entry.sentence):
            assert re.search(r"\{\w+:[.\d]+[fg]\} $", entry.sentence[: place.start()])


def test_notes_are_in_the_unit_of_their_estimate():
    note = note_of("scales", fine=0.5, coarse=0.25)
    found = Estimate("a", "b", "two-scales", 0.3, notes=(note,)).to("bits")
    assert "0.72 bits, more of them 0.36 bits" in found.notes[0].message
    assert found.to("nats").notes[0].message == note.message
    plain = Estimate("a", "b", "hsic", 0.3, unit=None, notes=(note,))
    assert plain.to("bits").notes == (note,)


def test_a_command_in_bits_says_nothing_in_nats(mitool, tmp_path):
    rng = np.random.default_rng(1)
    x = rng.normal(size=200)
    np.savetxt(
        tmp_path / "d.csv",
        np.column_stack((x, np.sin(20 * x) + 0.1 * rng.normal(size=200))),
        delimiter=",",
        header="a,b",
        comments="",
    )
    for command in ("estimate", "diagnose"):
        interval = ("--ci", "0.95") if command == "estimate" else ()
        done = mitool(
            command, tmp_path / "d.csv", "-x", "a", "-y", "b", "-u", "bits", "-v", *interval
        )
        assert " bits" in done.err
        assert "nats" not in done.err
