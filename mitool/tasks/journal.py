"""A run that can be killed at any moment: finished tasks, one a line, under a fingerprint.

The file is plain text, only ever added to, and synced to disk; a shard's part is the same file.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Self

from mitool.errors import MitoolError
from mitool.tasks.fingerprint import Fingerprint
from mitool.tasks.records import Record

SECONDS_BETWEEN_SYNCS = 1.0
FAMILY = Fingerprint.SCHEMA.partition("/")[0] + "/"
START = f'{{"schema": "{Fingerprint.SCHEMA}"'.encode()


class Journal:
    """The open file of one process; another process that wants it is refused.

    Lines are in the order of the tasks, so how many there are says where to go on.
    """

    def __init__(self, path: Path, fingerprint: Fingerprint) -> None:
        self._path, self._fingerprint = path, fingerprint
        self._file = path.open("a+b", buffering=0)
        self._synced = time.monotonic()
        try:
            _lock(self._file, path)
            self._adopt()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *trace: object) -> None:
        os.fsync(self._file.fileno())
        self._file.close()

    def _adopt(self) -> None:
        """Check what the file holds, and drop a last line that was not finished."""
        self.n_done, size = 0, 0
        expected = self._fingerprint.numbers()
        with self._path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n") and (size or START.startswith(line[: len(START)])):
                    break
                if size == 0:
                    self._fingerprint.require(read_header(line, self._path), self._path)
                elif parsed(line, self._path, self.n_done + 2).number != next(expected, None):
                    raise corrupt(self._path, self.n_done + 2)
                else:
                    self.n_done += 1
                size += len(line)
        self._file.truncate(size)
        if size == 0:
            self._write(f"{json.dumps(self._fingerprint.header(), ensure_ascii=False)}\n")
            self._sync()

    def records(self) -> Iterator[Record]:
        """Yield the records that were there when the file was opened."""
        with self._path.open("rb") as file:
            file.readline()
            for _ in range(self.n_done):
                yield Record.parse(file.readline())

    def append(self, records: Iterable[Record]) -> None:
        """Write finished records; a crash of the machine loses a second of them at most."""
        self._write("".join(f"{record.line()}\n" for record in records))
        if time.monotonic() - self._synced > SECONDS_BETWEEN_SYNCS:
            self._sync()

    def _write(self, text: str) -> None:
        data = memoryview(text.encode())
        try:
            while data:
                data = data[self._file.write(data) :]
        except OSError as error:  # a failed write does not know its file
            error.filename = str(self._path)
            raise

    def _sync(self) -> None:
        os.fsync(self._file.fileno())
        self._synced = time.monotonic()


def _lock(file: IO[bytes], path: Path) -> None:
    try:
        import fcntl
    except ImportError:  # Windows: two processes on one file are not told apart
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise MitoolError(
            f"{path} is in use by another mitool process; wait for it or name another file"
        ) from error


def read_header(line: bytes, path: Path) -> dict[str, Any]:
    """Read the first line of a checkpoint or part; another format of it is refused by name."""
    try:
        header = dict(json.loads(line))
        schema = str(header["schema"])
    except (ValueError, KeyError, TypeError):
        schema = ""
    if not schema.startswith(FAMILY):
        raise MitoolError(
            f"{path} is not a checkpoint or part of mitool; name another file or remove it"
        )
    if schema != Fingerprint.SCHEMA:
        raise MitoolError(
            f"{path} has the format {schema} of mitool {header.get('version', '?')}, this mitool "
            f"reads {Fingerprint.SCHEMA}; end it with the version that began it, or remove it and "
            "run again"
        )
    return header


def parsed(line: bytes, path: Path, number: int) -> Record:
    """Read a line of a journal."""
    try:
        return Record.parse(line)
    except ValueError as error:
        raise corrupt(path, number) from error


def corrupt(path: Path, line: int) -> MitoolError:
    """Say that a line is not what was written there."""
    return MitoolError(f"{path} is damaged at line {line}; remove it and run again")
