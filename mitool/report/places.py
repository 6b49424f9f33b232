"""Places where a file can be written, or kept: checked before anything is computed for it."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from mitool.errors import MitoolError


def check_writable(path: Path) -> None:
    """Refuse a path that cannot be written, before anything is computed for it."""
    try:
        reason = _obstacle(path)
    except OSError as error:  # such as a name that is too long
        reason = f"{(error.strerror or str(error)).lower()}; name another file"
    except ValueError:
        reason = "a name cannot hold a null byte; name another file"
    if reason is not None:
        raise MitoolError(f"cannot write {path}: {reason}")


def _obstacle(path: Path) -> str | None:
    """Say why a path cannot be written, and what to do."""
    with suppress(FileNotFoundError, NotADirectoryError):
        path.stat()  # from Python 3.13 on, this alone is refused of links in a circle
    folder = path.resolve().parent
    if path.is_dir():
        return "it is a folder; name a file in it"
    if not folder.is_dir():
        return f"there is no folder {folder}"
    needed = [path if path.exists() else folder, *[folder] * is_replaced(path)]
    if not all(os.access(place, os.W_OK) for place in needed) or _is_anothers(path, folder):
        return "permission denied; choose another place"
    return None


def is_replaced(path: Path) -> bool:
    """Tell a regular (or new) file from a device or a pipe, which is written to as it is."""
    return path.is_file() or not path.exists()


def _is_anothers(path: Path, folder: Path) -> bool:
    """Tell a file that may be written but not replaced, as another's in a folder like /tmp."""
    if not path.is_file() or not folder.stat().st_mode & stat.S_ISVTX:
        return False
    return os.geteuid() not in (0, path.stat().st_uid, folder.stat().st_uid)


def require_regular(path: Path) -> None:
    """Refuse a device or a pipe where a file is read again later, as a checkpoint is."""
    if path.exists() and not path.is_file():
        what = "a folder" if path.is_dir() else "a device or a pipe"
        raise MitoolError(f"{path} is {what}, which keeps nothing; name a file")
