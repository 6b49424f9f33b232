"""The command line as a user meets it: what it prints, and the status it leaves."""

from __future__ import annotations


def test_a_command_that_does_not_exist_is_a_usage_error(mitool):
    outcome = mitool("estimat")
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.startswith("mitool: error: no such command 'estimat'")
    assert outcome.err.count("\n") == 1


def test_version(mitool):
    from mitool import __version__

    assert mitool("--version").out == f"mitool {__version__}\n"
