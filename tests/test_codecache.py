"""Compiled code is run as it is read: only from folders that nobody else can write to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mitool.errors import MitoolWarning
from mitool.kernels import codecache
from mitool.kernels.codecache import (
    BESIDE,
    distrust,
    folder_in,
    installed,
    is_kept,
    place_for,
    written_by_us_alone,
)

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def forgotten(monkeypatch, tmp_path):
    """Look at each folder anew, in a home of our own."""
    monkeypatch.delenv("MITOOL_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    for function in (codecache.place_for, codecache.installed, codecache._warn_once):
        function.cache_clear()
    yield
    for function in (codecache.place_for, codecache.installed, codecache._warn_once):
        function.cache_clear()


def folder(path: Path, mode: int) -> Path:
    path.mkdir(parents=True)
    path.chmod(mode)
    return path


@pytest.mark.parametrize("mode", [0o700, 0o755, 0o750, 0o711])
def test_a_folder_that_only_we_can_write_is_used(mode, tmp_path):
    place = folder(tmp_path / "cache", mode)
    assert distrust(place) is None
    assert place_for(tmp_path, str(place)) == str(place)


@pytest.mark.parametrize("mode", [0o770, 0o775, 0o777, 0o1777, 0o702])
def test_a_folder_that_others_can_write_is_not(mode, tmp_path):
    place = folder(tmp_path / "cache", mode)
    with pytest.warns(MitoolWarning, match="can be written by others") as caught:
        assert place_for(tmp_path, str(place)) is None
        assert place_for(tmp_path / "other", str(place)) is None
    assert [warning.message.code for warning in caught] == ["untrusted_cache"]


def test_a_folder_of_another_user_is_not(tmp_path, monkeypatch):
    place = folder(tmp_path / "cache", 0o755)
    ours = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: ours + 1)
    monkeypatch.setattr(codecache, "__file__", str(tmp_path / "codecache.py"))
    (tmp_path / "codecache.py").touch()
    assert distrust(place) is None  # that of whoever installed mitool
    monkeypatch.setattr(codecache, "__file__", "/proc/1/stat")
    if Path("/proc/1/stat").stat().st_uid != ours:
        assert distrust(place) == "belongs to another user"


def test_a_link_is_judged_by_what_it_leads_to(tmp_path):
    (tmp_path / "link").symlink_to(folder(tmp_path / "cache", 0o777))
    assert distrust(tmp_path / "link")


def test_a_new_folder_is_private(tmp_path):
    place = tmp_path / "deep" / "cache"
    assert place_for(tmp_path, str(place)) == str(place)
    assert place.stat().st_mode & 0o777 == 0o700


def test_where_the_files_are_shared_the_cache_of_the_user_serves(tmp_path):
    shared = folder(tmp_path / "room" / "__pycache__", 0o775).parent
    assert place_for(shared, "") == str(tmp_path / "caches" / "mitool")
    own = folder(tmp_path / "own" / "__pycache__", 0o755).parent
    assert place_for(own, "") == BESIDE


def test_what_is_written_can_be_written_by_nobody_else(tmp_path):
    before = os.umask(0)
    try:
        with written_by_us_alone():
            (tmp_path / "file").touch()
        (tmp_path / "other").touch()
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "other").stat().st_mode & 0o777 == 0o666


def test_a_shared_cache_is_named_in_one_warning_and_not_touched(tmp_path):
    place = folder(tmp_path / "cache", 0o777)
    env = {**os.environ, "MITOOL_CACHE_DIR": str(place), "NUMBA_CACHE_DIR": ""}
    code = "import mitool.kernels.neighbors.line_loops, mitool.kernels.counts.cooccurrence_loops"
    outcome = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, cwd=ROOT, env=env, check=True, timeout=60
    )
    lines = [line for line in outcome.stderr.decode().splitlines() if "MitoolWarning" in line]
    assert len(lines) == 1
    assert f"{place} can be written by others" in lines[0]
    assert not list(place.iterdir())


def run_where_nothing_can_be_written(code: str, package: Path, **variables: str) -> str:
    """Run code as one who can write nowhere; give what it prints."""
    there = (
        "import os\n"
        "from mitool.kernels import codecache\n"
        "os.access, codecache._can_write = lambda *_: False, lambda _: False\n"
    )
    return run(there + code, package, **variables)


def run(code: str, package: Path, **variables: str) -> str:
    """Run code in a process of its own, whose mitool is that of the package."""
    env = {
        **os.environ,
        "PYTHONPATH": str(package),
        "MITOOL_CACHE_DIR": "",
        "NUMBA_CACHE_DIR": "",
        **variables,
    }
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, env=env, cwd="/", capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout.strip()


OVERLAPS = (
    "import numpy as np\n"
    "from mitool.kernels.counts.cooccurrence_loops import overlaps\n"
    "planes, out = np.array([[7]], dtype=np.uint64), np.empty((1, 1), dtype=np.int64)\n"
    "overlaps(planes, planes, out)\n"
    "read, made = overlaps.stats.cache_hits, overlaps.stats.cache_misses\n"
    "print(out[0, 0], sum(read.values()), sum(made.values()))"
)
"""Prints the number of bits of seven, and how often code was read and compiled."""


@pytest.fixture
def package(tmp_path):
    """The path of a copy of mitool, nothing of which was compiled."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "mitool", tmp_path / "mitool", ignore=ignored)
    return tmp_path


def test_what_the_owner_of_the_files_has_compiled_is_read_by_all(package):
    assert run_where_nothing_can_be_written(OVERLAPS, package) == "3 0 1"
    assert not list(package.rglob("*.nbi"))
    assert run(OVERLAPS, package) == "3 0 1"
    assert run_where_nothing_can_be_written(OVERLAPS, package) == "3 1 0"
    elsewhere = {"MITOOL_CACHE_DIR": str(folder(package / "mine", 0o700))}
    assert run_where_nothing_can_be_written(OVERLAPS, package, **elsewhere) == "3 1 0"
    (package / "mitool/kernels/counts/__pycache__").chmod(0o757)
    assert run_where_nothing_can_be_written(OVERLAPS, package) == "3 0 1"


def test_what_the_owner_has_compiled_in_a_named_folder_is_read_by_all(package):
    place = folder(package / "shared", 0o755)
    named = {"MITOOL_CACHE_DIR": str(place)}
    assert run(OVERLAPS, package, **named) == "3 0 1"
    assert run_where_nothing_can_be_written(OVERLAPS, package, **named) == "3 1 0"
    place.chmod(0o757)
    assert run_where_nothing_can_be_written(OVERLAPS, package, **named) == "3 0 1"


def test_what_is_missing_where_it_was_left_is_compiled_and_kept_by_us(package):
    run(OVERLAPS, package)
    ours = folder(package / "mine", 0o700)
    code = (
        "import os\nos.access = lambda *_: False\n"
        + OVERLAPS
        + "\nfrom mitool.kernels.counts.cooccurrence_loops import tally\n"
        + "codes, lanes = np.zeros(5, dtype=np.uint8), np.zeros((4, 1), dtype=np.int64)\n"
        + "tally(codes, codes, np.uint32(1), lanes)\nprint(lanes.sum())"
    )
    assert run(code, package, MITOOL_CACHE_DIR=str(ours)) == "3 1 0\n5"
    kept = [path.name.partition("-")[0] for path in ours.rglob("*.nbi")]
    assert kept == ["cooccurrence_loops.tally"]


def test_a_folder_that_we_can_write_is_ours_and_not_the_installers(tmp_path):
    room = folder(tmp_path / "room" / "__pycache__", 0o755).parent
    (room / "__pycache__" / "a_loops.f-1.py311.nbi").touch()
    assert place_for(room, "") == BESIDE
    assert installed(room, "") is None


def test_code_is_there_once_it_is_newer_than_its_loops(tmp_path, monkeypatch):
    room = folder(tmp_path / "room", 0o755)
    (room / "a_loops.py").touch(), (room / "b_loops.py").touch()
    place = folder(tmp_path / "cache", 0o700)
    kept = folder_in(room, str(place))
    kept.mkdir()
    monkeypatch.setenv("MITOOL_CACHE_DIR", str(place))
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    assert not is_kept(room, "a_loops")
    index = kept / f"a_loops.f-1.py{sys.version_info[0]}{sys.version_info[1]}.nbi"
    index.touch()
    assert is_kept(room, "a_loops")
    assert not is_kept(room, "b_loops")
    os.utime(index, (0, 0))
    assert not is_kept(room, "a_loops")
