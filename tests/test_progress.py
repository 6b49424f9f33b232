"""Progress goes to standard error, and passes on what it sees."""

from __future__ import annotations

import io

import pytest

from mitool.report import progress
from mitool.report.progress import followed


def test_items_pass_in_order_and_nothing_is_said_of_a_short_run(capsys):
    assert list(followed(range(5), 5, "pairs")) == [0, 1, 2, 3, 4]
    assert capsys.readouterr() == ("", "")


def test_a_long_run_says_a_line_at_a_time_how_far_it_is(capsys, monkeypatch):
    clock = iter([0.0, 30.0, 60.0, 90.0, 120.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    assert list(followed("abcd", 4, "pairs")) == list("abcd")
    said = capsys.readouterr().err.splitlines()
    assert said == [
        "mitool: 2 of 4 pairs, about 60 s left",
        "mitool: 4 of 4 pairs, about 0 s left",
    ]


@pytest.mark.parametrize("n_items", [0, 3])
def test_on_a_terminal_it_is_a_bar_that_leaves_nothing_behind_on_standard_output(
    monkeypatch, capsys, n_items
):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    assert list(followed(range(n_items), n_items, "pairs")) == list(range(n_items))
    assert capsys.readouterr().out == ""
    assert "pairs" in terminal.getvalue()
