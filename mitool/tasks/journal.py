"""A run that can be killed at any moment: finished tasks, one a line, under a fingerprint.

The file is plain text, only ever added to, and synced to disk; a shard's part is the same file.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Self

from mitool.report.places import check_writable, require_regular
from mitool.tasks.fingerprint import Fingerprint
from mitool.tasks.keptfile import kept_file
from mitool.tasks.partlines import PartLines, read_header
from mitool.tasks.records import Record
from mitool.tasks.sealing import sealed

SECONDS_BETWEEN_SYNCS = 1.0


class Journal:
    """The open file of one process; another process that wants it is refused.

    Lines are in the order of the tasks, so how many there are says where to go on.
    """

    def __init__(self, path: Path, fingerprint: Fingerprint) -> None:
        check_writable(path)
        require_regular(path)
        self._path = path
        self._file = kept_file(path, sealed(json.dumps(fingerprint.header())))
        self._synced = time.monotonic()
        try:
            self._adopt(fingerprint)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *trace: object) -> None:
        try:
            self._sync()
        finally:
            self._file.close()

    def _adopt(self, fingerprint: Fingerprint) -> None:
        """Check what the file holds, and drop a last line that was not finished."""
        self.n_done = 0
        with self._path.open("rb") as file:
            header, seal = read_header(file, self._path)
            fingerprint.require(header, self._path)
            self._lines = PartLines(self._path, fingerprint, seal)
            self._start = size = file.tell()
            for _, n_bytes in self._lines.read(file):
                self.n_done += 1
                size += n_bytes
        self._file.truncate(size)
        self._file.seek(size)

    def records(self) -> Iterator[Record]:
        """Yield the records that were there when the file was opened."""
        with self._path.open("rb") as file:
            file.seek(self._start)
            for record, _ in islice(self._lines.read(file), self.n_done):
                yield record

    def append(self, records: Iterable[Record]) -> None:
        """Write finished records; a crash of the machine loses a second of them at most."""
        data = memoryview(b"".join(map(self._lines.line, records)))
        with self._named():
            while data:
                data = data[self._file.write(data) :]
        if time.monotonic() - self._synced > SECONDS_BETWEEN_SYNCS:
            self._sync()

    def _sync(self) -> None:
        with self._named():
            os.fsync(self._file.fileno())
        self._synced = time.monotonic()

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Add its name to an error of the file, which a failed write does not know."""
        try:
            yield
        except OSError as error:
            error.filename = str(self._path)
            raise
