"""Where compiled code is kept: it is run as it is read, so nobody else may write there."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha1
from pathlib import Path

from mitool.result.codes import warn

VARIABLE = "MITOOL_CACHE_DIR"
OTHERS_CAN_WRITE = stat.S_IWGRP | stat.S_IWOTH
BESIDE = ""
"""Stands for the folder that Python keeps its own compiled code of a module in."""


@cache
def place_for(room: Path, named: str) -> str | None:
    """Give the folder for code of the files in ``room``; None if there is none to be trusted.

    It is ``named`` by the user, else beside the files, else among the caches of the user.
    """
    named = named or os.environ.get(VARIABLE, "")
    places = {named: Path(named)} if named else _usual_places(room)
    reasons = {}
    for place, folder in places.items():
        if not _can_write(folder):
            continue
        reason = distrust(folder)
        if reason is None:
            return place
        reasons[folder] = reason
    for folder, reason in reasons.items():
        _warn_once(folder, reason)
    return None


@cache
def installed(room: Path, named: str) -> Path | None:
    """Give the folder where whoever installed mitool left code for us to read; None without one.

    It is in the place ``named`` by the user, or else beside the files; we cannot write to it.
    """
    for place in (named or os.environ.get(VARIABLE, ""), BESIDE):
        folder = folder_in(room, place)
        around = (folder,) if place == BESIDE else (folder, Path(place))
        if not folder.is_dir() or os.access(folder, os.W_OK):
            continue
        if not any(distrust(one) for one in around) and any(folder.glob("*.nbi")):
            return folder
    return None


def folder_in(room: Path, place: str) -> Path:
    """Give the folder of a place that holds the code of the files in ``room``."""
    if place == BESIDE:
        return room / "__pycache__"
    return Path(place) / f"{room.name}_{sha1(str(room).encode()).hexdigest()}"


def is_kept(room: Path, loops: str) -> bool:
    """Tell whether there is code to be read of a file of loops in ``room``, as it is now."""
    named = os.environ.get("NUMBA_CACHE_DIR", "")
    place = place_for(room, named)
    folders = [installed(room, named), None if place is None else folder_in(room, place)]
    changed = (room / f"{loops}.py").stat().st_mtime
    version = f"{loops}.*.py{sys.version_info[0]}{sys.version_info[1]}*.nbi"
    kept = (file for folder in folders if folder for file in folder.glob(version))
    return any(file.stat().st_mtime >= changed for file in kept)


def _usual_places(room: Path) -> dict[str, Path]:
    places = {BESIDE: room / "__pycache__"}
    try:
        caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:  # a user without a home
        return places
    return {**places, str(caches / "mitool"): caches / "mitool"}


def distrust(folder: Path) -> str | None:
    """Say why code in a folder is not to be run; None if only we or our installer can write it."""
    status = folder.stat()
    if not hasattr(os, "geteuid"):
        return None
    if status.st_uid not in (os.geteuid(), Path(__file__).stat().st_uid):
        return "belongs to another user"
    if status.st_mode & OTHERS_CAN_WRITE:
        return "can be written by others (chmod go-w makes it usable)"
    return None


def _can_write(folder: Path) -> bool:
    """Make a folder that nobody else can write, if there is none; tell whether we can."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


@cache
def _warn_once(folder: Path, reason: str) -> None:
    warn("untrusted_cache", stacklevel=2, folder=folder, reason=reason)


@contextmanager
def written_by_us_alone() -> Iterator[None]:
    """Make files and folders in this block that no other user can write, whatever the umask is."""
    before = os.umask(OTHERS_CAN_WRITE)
    os.umask(before | OTHERS_CAN_WRITE)
    try:
        yield
    finally:
        os.umask(before)
