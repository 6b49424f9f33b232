"""SIGKILL at any moment: files are whole or absent, and the same command completes them."""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext
from pathlib import Path

import numpy as np
import pytest

from mitool.cli.app import main

WINE = str(Path(__file__).parent.parent / "sample_data" / "wine.csv")
HOW = ("-e", "gaussian", "--permutations", "60", "--cols", "alcohol..flavanoids", "-q", "-j", "1")

COMMANDS = {
    "matrix": ("matrix", WINE, *HOW, "--checkpoint", "kept", "-o", "r.csv", "--meta", "m.json"),
    "part": ("matrix", WINE, *HOW, "--shard", "1/1", "-o", "kept"),
    "screen": (
        *("screen", WINE, "-t", "cultivar", "--permutations", "60", "-e", "bins", "-q", "-j", "1"),
        *("--checkpoint", "kept", "-o", "r.csv", "--meta", "m.json"),
    ),
}


@pytest.fixture(scope="module")
def forks() -> Iterator[ForkServerContext]:
    """Processes that begin with all modules loaded, so that kills fall into the work."""
    context = multiprocessing.get_context("forkserver")
    rooms = ("cli.app", "cli.batch_reports", "tasks.remote", "screening.column_batch", "inference")
    context.set_forkserver_preload([f"mitool.{name}" for name in rooms])
    yield context
    from multiprocessing.forkserver import _forkserver

    _forkserver._stop()


def killed(forks: ForkServerContext, words: tuple[str, ...], seconds: float, folder: Path) -> None:
    process = forks.Process(target=run, args=(words, str(folder)))
    process.start()
    time.sleep(seconds)
    process.kill()
    process.join()


def run(words: tuple[str, ...], folder: str) -> None:
    os.chdir(folder)
    assert main(words) == 0


def check(folder: Path, whole: dict[str, bytes]) -> None:
    """Refuse anything that is not as it must be after a kill."""
    for path in folder.iterdir():
        found = path.read_bytes()
        if path.name == "kept":
            head = whole["kept"].index(b"\n") + 1
            assert found[:head] == whole["kept"][:head]
            assert whole["kept"].startswith(found)
        elif path.name == "r.csv":
            assert found == whole["r.csv"]
        elif path.name == "m.json":
            assert json.loads(found)["runtime"]
        else:
            assert path.name.startswith(".")
            assert path.suffix in (".tmp", ".before")
            path.unlink()


def kill_often(
    forks: ForkServerContext, tmp_path: Path, name: str, n_kills: int, seed: int
) -> tuple[int, int]:
    """Kill a command many times; give how often it had begun, and how often it had ended."""
    words, rng = COMMANDS[name], np.random.default_rng(seed)
    begun = ended = 0
    for path in ("first", "again"):
        (tmp_path / path).mkdir()
        start = time.monotonic()
        process = forks.Process(target=run, args=(words, str(tmp_path / path)))
        process.start()
        process.join()
        assert process.exitcode == 0
        duration = time.monotonic() - start  # of the second run, that compiles nothing
    whole = {path.name: path.read_bytes() for path in (tmp_path / "first").iterdir()}
    for number in range(n_kills):
        folder = tmp_path / str(number)
        folder.mkdir()
        while True:
            killed(forks, words, float(rng.uniform(0, 1.1 * duration)), folder)
            check(folder, whole)
            there = {path.name for path in folder.iterdir()}
            begun, ended = begun + ("kept" in there), ended + (there == whole.keys())
            if rng.random() < 0.5:
                break
        process = forks.Process(target=run, args=(words, str(folder)))
        process.start()
        process.join()
        assert process.exitcode == 0
        for path in folder.iterdir():
            assert path.name == "m.json" or path.read_bytes() == whole[path.name]
    return begun, ended


@pytest.mark.parametrize("name", COMMANDS)
def test_files_are_whole_or_absent_and_a_rerun_completes_them(forks, tmp_path, name) -> None:
    kill_often(forks, tmp_path, name, 3, 20261129)


@pytest.mark.study
@pytest.mark.parametrize("name", COMMANDS)
def test_killed_a_hundred_times(forks, tmp_path, name) -> None:
    begun, ended = kill_often(forks, tmp_path, name, 50, 1)
    assert begun > 5
    assert ended > 0


def test_a_disk_that_is_full_costs_nothing_but_the_last_line(tmp_path) -> None:
    """What was finished before is kept: with more room the same command goes on."""
    words = [sys.executable, "-m", "mitool", *COMMANDS["matrix"]]
    whole = tmp_path / "whole"
    whole.mkdir()
    assert subprocess.run(words, cwd=whole, check=False).returncode == 0
    size = (whole / "kept").stat().st_size

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size // 2, size // 2))

    folder = tmp_path / "full"
    folder.mkdir()
    done = subprocess.run(words, cwd=folder, preexec_fn=limit, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (
        1,
        b"mitool: error: cannot write kept: file too large\n",
    )
    assert [path.name for path in folder.iterdir()] == ["kept"]
    assert (folder / "kept").read_bytes() == (whole / "kept").read_bytes()[: size // 2]
    assert subprocess.run(words, cwd=folder, check=False).returncode == 0
    for name in ("kept", "r.csv"):
        assert (folder / name).read_bytes() == (whole / name).read_bytes()
