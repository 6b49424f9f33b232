"""How a run ends when something nobody foresaw goes wrong, and what names may do to a terminal."""

from __future__ import annotations

import errno
import re
import stat
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pytest

from mitool.printable import printable, shortened
from tests.reports import one_line

ROOT = Path(__file__).parent.parent
WINE = ROOT / "sample_data" / "wine.csv"
TABLE = "a,b\n" + "".join(f"{i * 0.37 % 1},{i * 0.71 % 1}\n" for i in range(40))


@pytest.fixture
def breaking(mitool, monkeypatch, tmp_path):
    """Run a command whose reading of files raises an error; give its outcome."""

    def run(error: BaseException):
        def fail(*arguments: object) -> None:
            raise error

        monkeypatch.setattr("mitool.tables.open_table", fail)
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        return mitool("estimate", WINE, "-x", "alcohol", "-y", "ash")

    return run


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero"),
        (MemoryError(), "out of memory; give the job more"),
        (OSError(errno.EIO, "x", "d.csv"), "the system refused: d.csv: input/output error"),
        (OSError("no number"), "OSError: no number"),
        (SystemExit(3), "asked to end the process (3)"),
        (RecursionError("too deep\nin two lines"), "too deep in two lines"),
        (ValueError("\x1b[31m" + "x" * 5000), "\\x1b[31mxxx"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_fault_is_one_line_and_its_traceback_a_private_file(breaking, tmp_path, error, words):
    outcome = breaking(error)
    assert (outcome.code, outcome.out) == (1, "")
    assert words in one_line(outcome.err)
    (kept,) = tmp_path.glob("mitool-*.traceback")
    assert str(kept)[-30:] in outcome.err
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert f"{type(error).__name__}" in kept.read_text()
    assert "in open" in kept.read_text()


def test_a_fault_under_debug_shows_its_traceback(breaking, tmp_path, monkeypatch):
    monkeypatch.setenv("MITOOL_DEBUG", "1")
    outcome = breaking(KeyError("gone"))
    assert outcome.code == 1
    assert "Traceback (most recent call last)" in outcome.err
    assert outcome.err.endswith("KeyError: 'gone'); its traceback stands above\n")
    assert not list(tmp_path.iterdir())


def test_a_fault_where_no_file_can_be_kept_is_still_one_line(breaking, monkeypatch):
    def refuse(**names: str) -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    assert "run it again with MITOOL_DEBUG=1" in one_line(breaking(KeyError("gone")).err)


def test_warnings_of_libraries_never_reach_the_user(mitool, monkeypatch):
    from mitool.tables import open_table

    def warn_and_open(*arguments: object) -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            np.log(np.zeros(1))
            return open_table(*arguments)

    monkeypatch.setattr("mitool.tables.open_table", warn_and_open)
    outcome = mitool("estimate", WINE, "-x", "alcohol", "-y", "ash", "--value", "-q")
    assert (outcome.code, outcome.err) == (0, "")


HOSTILE = {
    "escape": ("\x1b[31mred", "\\x1b[31mred"),
    "title of the window": ("\x1b]0;own\x07", "\\x1b]0;own\\x07"),
    "C1 escape": ("\x9b2J", "\\x9b2J"),
    "line end": ("a\nmitool: error: b", "a\\nmitool: error: b"),
    "return": ("safe\rover", "safe\\rover"),
    "tab": ("a\tb", "a\\tb"),
    "line separator": ("a\u2028b\u2029c", "a\\u2028b\\u2029c"),
    "next line": ("a\x85b", "a\\x85b"),
    "right to left": ("\u202egnp.exe", "\\u202egnp.exe"),
    "isolate": ("\u2066a\u2069", "\\u2066a\\u2069"),
    "no width": ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
    "half a surrogate": ("a\udcff", "a\\udcff"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_names_are_shown_escaped(kind):
    raw, shown = HOSTILE[kind]
    assert printable(raw) == shown
    assert printable(shown) == shown


def test_names_in_any_script_stay_as_they_are():
    for name in ("größe", "名前", "طول", "a b", "x\\n", "émile"):
        assert printable(name) == name


@pytest.mark.parametrize("kind", [kind for kind in HOSTILE if kind != "half a surrogate"])
def test_hostile_names_steer_no_terminal(kind, mitool, tmp_path):
    raw, shown = HOSTILE[kind]
    path = tmp_path / "d.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write('"' + raw + '",b\n' + TABLE.split("\n", 1)[1])
    unseen = re.compile(r"[^\S \n]|[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u202e\u2066-\u2069\ufeff]")
    refused = mitool("estimate", path, "-x", "gone", "-y", "b")
    assert refused.code == 3
    one_line(refused.err)
    table = mitool("matrix", path, "--format", "table", "-v")
    assert table.code == 0
    for text in (refused.err, table.err, table.out):
        assert not unseen.search(text)
    assert shown[:2] in table.out  # line ends in names are the reader's: all of them \n


def test_a_long_line_keeps_its_start_and_its_end():
    text = "no column " + "x" * 5000 + "; use --cols"
    assert len(shortened(text)) == 400
    assert shortened(text).startswith("no column x")
    assert shortened(text).endswith("x; use --cols")


def test_no_error_line_exceeds_400_characters(mitool, tmp_path):
    path = tmp_path / "d.csv"
    names = [f"{'n' * 120}{i}" for i in range(30)]
    path.write_text(",".join(names) + "\n" + ",".join("1" * 30) + "\n" + ",".join("2" * 30) + "\n")
    for arguments in (("-x", "gone", "-y", names[0]), ("-x", "y" * 3000, "-y", names[1])):
        one_line(mitool("estimate", path, *arguments).err)


def closed(redirection: str, *arguments: object) -> subprocess.CompletedProcess[bytes]:
    """Run the command line with a standard stream closed, as the shell does."""
    words = " ".join(str(argument) for argument in arguments)
    command = f"exec {sys.executable} -m mitool {words} {redirection}"
    return subprocess.run(
        ["sh", "-c", command], capture_output=True, cwd=ROOT, timeout=120, check=False
    )


class TestClosedStreams:
    ASKED = ("estimate", WINE, "-x", "alcohol", "-y", "ash", "-e", "gaussian", "-q", "--value")

    def test_closed_standard_input(self):
        outcome = closed("<&-", "estimate - -x a -y b")
        assert outcome.returncode == 3
        assert one_line(outcome.stderr.decode()).startswith("standard input is closed")

    def test_closed_standard_output(self):
        outcome = closed(">&-", *self.ASKED)
        assert outcome.returncode == 1
        assert one_line(outcome.stderr.decode()) == (
            "standard output is closed; open it, or name a file with -o"
        )

    def test_closed_standard_output_and_a_file(self, tmp_path):
        asked = (*self.ASKED[:-1], "-o", tmp_path / "r.json")
        assert closed(">&-", *asked).returncode == 0
        assert (tmp_path / "r.json").read_bytes().startswith(b"{")

    def test_closed_standard_error(self):
        outcome = closed("2>&-", *self.ASKED)
        assert outcome.returncode == 0
        assert float(outcome.stdout) > 0
        outcome = closed("2>&-", "estimate gone.csv -x a -y b")
        assert (outcome.returncode, outcome.stdout) == (3, b"")

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
    def test_full_standard_error(self):
        assert closed("2>/dev/full", "estimate gone.csv -x a -y b").returncode == 3

    def test_all_closed(self, tmp_path):
        target = tmp_path / "r.csv"
        outcome = closed("<&- >&- 2>&-", *self.ASKED[:-1], "-o", target)
        assert outcome.returncode == 0
        assert target.read_text().count("\n") == 2
