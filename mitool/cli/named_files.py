"""The files that options name: which are read, which are written, and that none is both."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from inspect import Parameter
from pathlib import Path
from typing import Any, get_args

from typer.models import ParameterInfo

from mitool.cli.standard_streams import require_stdout
from mitool.errors import UsageError

STANDARD = "-"
OUTPUT = "-o"


class Role(Enum):
    """What a command does with the file that an option names; it stands in its annotation."""

    READ = "read"
    WRITTEN = "written"
    KEPT = "kept"
    """Written, and read again by a later run."""


@dataclass(frozen=True)
class NamedFile:
    """A file on the command line; to be read, or under -o, ``-`` is a standard stream."""

    option: str
    path: str
    role: Role

    @property
    def is_stream(self) -> bool:
        """Whether it is standard input or standard output."""
        return self.path == STANDARD and (self.role is Role.READ or self.option == OUTPUT)

    @property
    def words(self) -> str:
        """What messages call it."""
        if self.is_stream:
            return "standard input" if self.role is Role.READ else "standard output"
        return f"the input {self.path}" if self.role is Role.READ else f"{self.option} {self.path}"

    @property
    def identity(self) -> tuple[object, ...] | None:
        """What is the same under every name of the file, there or not; devices have none."""
        try:
            status = os.fstat(self._descriptor) if self.is_stream else Path(self.path).stat()
        except FileNotFoundError:
            return _place(Path(self.path))
        except (OSError, ValueError):  # no such stream; a name that cannot be: refused elsewhere
            return None
        kept = stat.S_ISREG(status.st_mode) or stat.S_ISFIFO(status.st_mode)
        return (status.st_dev, status.st_ino) if kept else None

    @property
    def _descriptor(self) -> int:
        stream = sys.stdin if self.role is Role.READ else sys.stdout
        return -1 if stream is None else stream.fileno()


def _place(path: Path) -> tuple[object, ...] | None:
    """Give folder and name of a file that is not there yet, at the end of its links."""
    try:
        place = path.resolve()
        folder = place.parent.stat()
    except (OSError, RuntimeError):  # no such folder; links in a circle
        return None
    return folder.st_dev, folder.st_ino, os.path.normcase(place.name)


def named_files(parameters: Sequence[Parameter], values: Mapping[str, Any]) -> list[NamedFile]:
    """Give the files of those parameters whose annotations say what is done with them.

    Where there is a -o and it names no file, the output is standard output.
    """
    files = []
    for parameter in parameters:
        marks = get_args(parameter.annotation)[1:]
        for role in (mark for mark in marks if isinstance(mark, Role)):
            option = next(_name(mark) for mark in marks if isinstance(mark, ParameterInfo))
            value = values[parameter.name]
            if value is None and option == OUTPUT:
                value = STANDARD
            paths = value if isinstance(value, list) else [value]
            files += [NamedFile(option, str(path), role) for path in paths if path is not None]
    return files


def _name(info: ParameterInfo) -> str:
    """Give the first name of an option, which Typer takes for a default; an argument has none."""
    return info.default if isinstance(info.default, str) else next(iter(info.param_decls or ()), "")


def check_files(files: Iterable[NamedFile]) -> None:
    """Refuse a file that is written and read or written twice, and one that cannot be written."""
    from mitool.report.places import check_writable, require_regular

    known: dict[tuple[object, ...], NamedFile] = {}
    for file in sorted(files, key=lambda file: file.role is Role.READ):
        identity = file.identity
        if identity in known:
            _refuse(known[identity], file)
        if file.role is Role.READ:
            continue
        if identity is not None:
            known[identity] = file
        if file.is_stream:
            require_stdout()
            continue
        check_writable(Path(file.path))
        if file.role is Role.KEPT:
            require_regular(Path(file.path))


def _refuse(written: NamedFile, other: NamedFile) -> None:
    what = "name another file" if other.role is Role.READ else "name two files"
    raise UsageError(f"{written.words} and {other.words} are the same file; {what}")
