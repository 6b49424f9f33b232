"""No file that is read is written, none is written twice, and those of a run come all or none."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any, get_args

import pytest

from mitool.cli.app import COMMANDS
from mitool.cli.groups import as_typer_command
from mitool.cli.named_files import Role
from mitool.errors import MitoolError
from mitool.report.atomic import atomic, together
from mitool.report.places import check_writable

ROOT = Path(__file__).parent.parent
PENGUINS = (ROOT / "sample_data" / "penguins.csv").read_bytes()

X, Y = ("-x", "bill_length_mm"), ("-y", "body_mass_g")
PAIR = ("d.csv", *X, *Y, "-q", "-e", "gaussian")
MATRIX = ("matrix", "d.csv", "--cols", "bill_length_mm,body_mass_g", "-e", "gaussian", "-q")
SCREEN = ("screen", "d.csv", "-t", "species", "--cols", "bill_length_mm,sex", "-e", "bins", "-q")
REUSABLE = (*SCREEN, "--holdout", "reusable", "--budget-file")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A table under several names, in the working folder."""
    (tmp_path / "d.csv").write_bytes(PENGUINS)
    (tmp_path / "link.csv").symlink_to("d.csv")
    (tmp_path / "dangling.csv").symlink_to("new.csv")
    os.link(tmp_path / "d.csv", tmp_path / "hard.csv")
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def parameters(command: str) -> dict[str, Any]:
    function = getattr(import_module(f"mitool.cli.commands.{command}"), command)
    return dict(signature(as_typer_command(function)).parameters)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_that_takes_a_path_says_what_is_done_with_the_file(command) -> None:
    for name, parameter in parameters(command).items():
        marks = get_args(parameter.annotation)
        if "Path" in str(marks[:1]) or name == "files":
            assert [mark for mark in marks if isinstance(mark, Role)], f"{command}: {name}"


NAMES = ["d.csv", "./d.csv", "sub/../d.csv", "link.csv", "hard.csv"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "words",
    [
        ("estimate", *PAIR, "-o"),
        ("estimate", *PAIR, "--format", "csv", "--meta"),
        ("estimate", *PAIR, "--pointwise"),
        ("diagnose", *PAIR, "--plot"),
        ("entropy", "d.csv", "-o"),
        (*MATRIX, "-o"),
        (*MATRIX, "--stream", "-o"),
        (*MATRIX, "--checkpoint"),
        (*MATRIX, "--shard", "1/2", "-o"),
        (*SCREEN, "-o"),
        REUSABLE,
    ],
    ids=" ".join,
)
def test_a_file_that_is_read_is_not_written(mitool, folder, words, name) -> None:
    before = contents(folder)
    outcome = mitool(*words, name)
    message = f"{words[-1]} {Path(name)} and the input d.csv are the same file; name another file"
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == f"mitool: error: {message}\n"
    assert contents(folder) == before


@pytest.mark.parametrize("names", [("r.csv", "sub/../r.csv"), ("dangling.csv", "new.csv")])
@pytest.mark.parametrize(
    ("words", "options"),
    [
        (("estimate", *PAIR), ("-o", "--meta")),
        (("estimate", *PAIR), ("-o", "--pointwise")),
        (("estimate", *PAIR, "--format", "csv"), ("--meta", "--pointwise")),
        (("diagnose", *PAIR), ("-o", "--plot")),
        (MATRIX, ("-o", "--checkpoint")),
        ((*MATRIX, "--format", "csv"), ("--meta", "--checkpoint")),
        (REUSABLE[:-1], ("-o", "--budget-file")),
        (("simulate", "gaussian"), ("-o", "--meta")),
        (("benchmark", "gaussian"), ("-o", "--checkpoint")),
    ],
    ids=lambda words: " ".join(words),
)
def test_two_outputs_are_two_files(mitool, folder, words, options, names) -> None:
    before = contents(folder)
    outcome = mitool(*words, options[0], names[0], options[1], names[1])
    assert (outcome.code, outcome.out) == (2, "")
    assert "are the same file; name two files" in outcome.err
    assert all(option in outcome.err for option in options)
    assert contents(folder) == before


def test_a_part_is_not_merged_into_itself(mitool, folder) -> None:
    for shard in ("1", "2"):
        assert mitool(*MATRIX, "--shard", f"{shard}/2", "-o", f"{shard}.part").code == 0
    before = contents(folder)
    for words in (("-o", "1.part", "--format", "csv"), ("-o", "r.csv", "--meta", "sub/../2.part")):
        outcome = mitool("merge", "1.part", "2.part", *words)
        assert (outcome.code, outcome.out) == (2, "")
        assert "part are the same file; name another file" in outcome.err
    assert contents(folder) == before


def test_streams_of_the_shell_are_files_too(folder) -> None:
    command = [sys.executable, "-m", "mitool", "estimate", "-", *PAIR[1:]]
    for words in (["-o", "d.csv"], []):
        with Path("d.csv").open("rb") as source, Path("d.csv").open("ab") as target:
            done = subprocess.run(
                [*command, *words], stdin=source, stdout=target, stderr=subprocess.PIPE, check=False
            )
        assert done.returncode == 2
        assert b"and standard input are the same file; name another file" in done.stderr
        assert Path("d.csv").read_bytes() == PENGUINS


def test_devices_may_be_named_twice(mitool, folder) -> None:
    words = ("-o", "/dev/null", "--meta", "/dev/null", "--format", "csv")
    assert mitool("estimate", *PAIR, *words).code == 0


# All together or none


def fail_at(monkeypatch, n_calls: int, code: int = errno.ENOSPC) -> None:
    """Let the disk be full when so many files have reached it."""
    sync, calls = os.fsync, []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) > n_calls:
            raise OSError(code, os.strerror(code))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", full)


@pytest.mark.parametrize(
    ("words", "n_files"),
    [
        (("estimate", *PAIR, "-o", "r.csv", "--meta", "m.json", "--pointwise", "p.csv"), 3),
        ((*MATRIX, "-o", "r.csv", "--meta", "m.json"), 2),
        ((*MATRIX, "--stream", "-o", "r.csv", "--meta", "m.json"), 2),
        ((*SCREEN, "-o", "r.csv", "--meta", "m.json"), 2),
        (("entropy", "d.csv", "-q", "--cols", "sex", "-o", "r.csv", "--meta", "m.json"), 2),
        (("diagnose", *PAIR, "-o", "r.csv", "--meta", "m.json", "--plot", "p.png"), 3),
        (("simulate", "gaussian", "-o", "r.csv", "--meta", "m.json"), 2),
    ],
    ids=lambda words: words[0] if isinstance(words, tuple) else "",
)
@pytest.mark.parametrize("old", [None, b"before"])
def test_when_one_output_fails_none_is_there(mitool, folder, monkeypatch, words, n_files, old):
    if "--plot" in words:
        pytest.importorskip("matplotlib")
    if old is not None:
        for name in ("r.csv", "m.json", "p.csv", "p.png"):
            Path(name).write_bytes(old)
    before = contents(folder)
    for n_calls in range(n_files):
        with monkeypatch.context() as patch:
            fail_at(patch, n_calls)
            outcome = mitool(*words)
        assert outcome.code == 1
        assert outcome.err.endswith("no space left on device\n")
        assert contents(folder) == before
    assert mitool(*words).code == 0
    assert all(after != before.get(name) for name, after in changed(before, contents(folder)))
    assert len(changed(before, contents(folder))) == n_files


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> list[tuple[str, bytes]]:
    return [(name, data) for name, data in after.items() if before.get(name) != data]


@pytest.mark.parametrize("error", [OSError(errno.EBUSY, "busy"), KeyboardInterrupt()])
@pytest.mark.parametrize("has_links", [True, False])
def test_what_was_there_comes_back_when_a_later_file_cannot_take_its_place(
    tmp_path, monkeypatch, error, has_links
) -> None:
    (tmp_path / "a").write_text("before")
    (tmp_path / "c").write_text("before")
    take = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if target.name == "c" and self.suffix == ".tmp":
            raise error
        return take(self, target)

    def write() -> None:
        with together():
            for name in "abc":
                with atomic(tmp_path / name) as file:
                    file.write(b"after")

    def no_link(*names: object) -> None:
        raise OSError(errno.EPERM, "not here")

    if not has_links:
        monkeypatch.setattr(os, "link", no_link)
    with monkeypatch.context() as patch, pytest.raises(type(error)):
        patch.setattr(Path, "replace", replace)
        write()
    assert contents(tmp_path) == {"a": b"before", "c": b"before"}
    write()
    assert contents(tmp_path) == {"a": b"after", "b": b"after", "c": b"after"}


def test_blocks_within_a_block_end_with_it(tmp_path) -> None:
    with together():
        with together(), atomic(tmp_path / "a") as file:
            file.write(b"a")
        assert not (tmp_path / "a").exists()
        with atomic(tmp_path / "now", at_once=True) as file:
            file.write(b"now")
        assert (tmp_path / "now").read_bytes() == b"now"
    assert contents(tmp_path) == {"a": b"a", "now": b"now"}


def test_a_budget_is_spent_also_when_the_report_cannot_be_written(mitool, folder, monkeypatch):
    words = (*REUSABLE, "budget.json")
    assert mitool(*words, "-o", "r.csv").code == 0
    before = contents(folder)
    fail_at(monkeypatch, 1)
    other = [word.replace("bill_length_mm", "bill_depth_mm") for word in words]
    assert mitool(*other, "-o", "r.csv").code == 1
    assert [name for name, _ in changed(before, contents(folder))] == ["budget.json"]


# Places that cannot be written


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("sub", "it is a folder; name a file in it"),
        ("d.csv/r.csv", "there is no folder"),
        ("no/r.csv", "there is no folder"),
        ("n" * 300, "file name too long; name another file"),
    ],
)
@pytest.mark.parametrize("option", ["-o", "--meta", "--plot", "--checkpoint"])
def test_a_place_that_cannot_be_written_is_refused_at_once(mitool, folder, name, reason, option):
    words = {"--plot": ("diagnose", *PAIR), "--checkpoint": MATRIX}
    before = contents(folder)
    outcome = mitool(*words.get(option, ("estimate", *PAIR)), "--format", "csv", option, name)
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err.startswith(f"mitool: error: cannot write {name}: ")
    assert outcome.err.count("\n") == 1
    assert reason in outcome.err
    assert contents(folder) == before


@pytest.mark.parametrize("device", ["/dev/full", "/dev/null", "/dev/zero", "pipe"])
@pytest.mark.parametrize("words", [(*MATRIX, "--checkpoint"), REUSABLE], ids=lambda w: w[-1])
def test_what_keeps_nothing_is_refused_before_it_is_read(mitool, folder, words, device) -> None:
    os.mkfifo("pipe")
    outcome = mitool(*words, device)
    message = f"{device} is a device or a pipe, which keeps nothing; name a file"
    assert (outcome.code, outcome.out, outcome.err) == (3, "", f"mitool: error: {message}\n")


def test_links_in_a_circle_are_one_line(mitool, folder) -> None:
    Path("a.csv").symlink_to("b.csv")
    Path("b.csv").symlink_to("a.csv")
    outcome = mitool("estimate", *PAIR, "-o", "a.csv")
    assert outcome.code == 3
    assert outcome.err.startswith("mitool: error: cannot write a.csv: ")


def test_a_name_that_cannot_be_is_refused(tmp_path) -> None:
    with pytest.raises(MitoolError, match="null byte; name another file"):
        check_writable(tmp_path / "nul\0.csv")


def test_a_file_of_another_in_a_shared_folder_is_not_replaced(tmp_path, monkeypatch) -> None:
    path = tmp_path / "r.csv"
    path.write_text("theirs")
    tmp_path.chmod(0o777 | stat.S_ISVTX)
    check_writable(path)
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 4711)
    with pytest.raises(MitoolError, match="permission denied"):
        check_writable(path)
    tmp_path.chmod(0o777)
    check_writable(path)


# Streams that are closed

CLOSED = (
    ("estimate {pair} --value >&-", 1, b"", b"standard output is closed; open it, or name a file"),
    ("env >&-", 1, b"", b"standard output is closed"),
    ("estimate - -x a -y b <&-", 3, b"", b"standard input is closed; open it, or name a file"),
    ("estimate {pair} --value 2>&- <&-", 0, b"0.", b""),
    ("estimate no.csv -x a -y b 2>&-", 3, b"", b""),
    ("estimate {pair} --value -o r.txt <&- >&- 2>&-", 0, b"", b""),
)


@pytest.mark.parametrize(("words", "status", "out", "err"), CLOSED, ids=lambda word: str(word))
def test_streams_that_are_closed(folder, words, status, out, err) -> None:
    command = f"{sys.executable} -m mitool {words.format(pair=' '.join(PAIR))}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False)
    assert done.returncode == status
    assert done.stdout.startswith(out)
    assert err in done.stderr
    assert done.stderr.count(b"\n") == bool(err)
    assert bool(done.stdout) == bool(out)
    assert Path("r.txt").exists() == ("r.txt" in words)
