"""Every paper of docs/papers.md has a command that there is, or a reason for none."""

from __future__ import annotations

import re
from itertools import zip_longest
from pathlib import Path
from typing import get_args

import pytest
import typer

from mitool.choices import Criterion
from mitool.cli.app import COMMANDS, app
from mitool.estimators import names

ROOT = Path(__file__).parent.parent
LINES = (ROOT / "docs" / "papers.md").read_text().splitlines()
ROWS = [line.strip("|").split("|") for line in LINES if re.search(r"\| \d{4} \|", line)]
README = (ROOT / "README.md").read_text()

NOT_THERE: frozenset[str] = frozenset()
"""Commands and estimators named before they are there; none that is may stand here."""


def commands_in(text: str) -> list[list[str]]:
    """Give the words of each command line in a text."""
    return [line.split() for line in re.findall(r"`mitool ([^`]*)`", text)]


def options_of(command: str) -> set[str]:
    """Give the names of the options of a command."""
    root = typer.main.get_command(app)
    built = root.get_command(None, command)  # type: ignore[attr-defined]
    return {name for parameter in built.params for name in parameter.opts}


def check(words: list[str]) -> None:
    """Refuse a command line whose command, options or estimator are not there."""
    command, *rest = words
    if command in NOT_THERE:
        return
    assert command in COMMANDS
    known = options_of(command)
    for option, value in zip_longest(rest, rest[1:]):
        if not option.startswith("-"):
            continue
        assert option in known, f"mitool {command} has no {option}"
        if option == "-e":
            assert value in {*names(), *NOT_THERE}
        if option == "--method":
            assert value in get_args(Criterion)


def test_there_are_33_papers_each_once() -> None:
    assert len(ROWS) == 33
    assert len({row[0] for row in ROWS}) == 33


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip()[:40])
def test_a_paper_has_its_commands_or_a_reason(row: list[str]) -> None:
    command = row[3].strip()
    assert command.startswith("`mitool ") or re.fullmatch(r"no command: .{10,}", command)
    assert row[2].strip()
    for words in commands_in(command):
        check(words)


def test_what_a_reader_holds_has_a_command() -> None:
    [table] = re.findall(r"^## What do you hold\?$(.*?)^## ", README, re.M | re.S)
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    for held in ("columns", "arrays", "activations", "scores", "log-probabilities"):
        assert any(held in row.split("|")[1] for row in rows), held
    for held in ("class probabilities", "an ensemble", "loss curve", "marginals"):
        assert any(held in row.split("|")[1] for row in rows), held
    for row in rows:
        found = commands_in(row)
        assert found or "---" in row
        for words in found:
            check(words)


def test_what_has_come_is_checked() -> None:
    assert NOT_THERE & {*COMMANDS, *names()} == set()
