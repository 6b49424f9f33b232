"""Compiled code is run as it is read: only from folders that nobody else can write to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mitool.errors import MitoolWarning
from mitool.kernels import codecache
from mitool.kernels.codecache import BESIDE, distrust, place_for, written_by_us_alone

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def forgotten(monkeypatch, tmp_path):
    """Look at each folder anew, in a home of our own."""
    monkeypatch.delenv("MITOOL_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    for function in (codecache.place_for, codecache._warn_once):
        function.cache_clear()
    yield
    for function in (codecache.place_for, codecache._warn_once):
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
