"""The lines of a checkpoint or part: its header, then a record for each task, each sealed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from mitool.errors import MitoolError
from mitool.tasks.fingerprint import Fingerprint
from mitool.tasks.records import Record
from mitool.tasks.sealing import MARK, seal_of, sealed, strict_json, unsealed

START = f'{{"schema": "{Fingerprint.SCHEMA.partition("/")[0]}/'.encode()
FIRST_RECORD = 2


def corrupt(path: Path, line: int) -> MitoolError:
    """Say that a line is not what was written there."""
    return MitoolError(f"{path} is damaged at line {line}; remove it and run again")


def read_header(file: IO[bytes], path: Path) -> tuple[dict[str, Any], bytes]:
    """Read the first line of a checkpoint or part, and its seal; another format is refused."""
    line = file.read(len(START))
    if line != START:  # and no more is read of what may have no end
        raise MitoolError(
            f"{path} is not a checkpoint or part of mitool: line 1 is no header of one; name "
            "another file or remove it"
        )
    line += file.readline()
    try:
        header = dict(strict_json(line))
        if header["schema"] == Fingerprint.SCHEMA or MARK in line:
            unsealed(line)
    except ValueError as error:
        raise corrupt(path, 1) from error
    if header["schema"] != Fingerprint.SCHEMA:
        raise MitoolError(
            f"{path} has the format {header['schema']} of mitool {header.get('version', '?')}, "
            f"this mitool reads {Fingerprint.SCHEMA}; end it with the version that began it, or "
            "remove it and run again"
        )
    return header, seal_of(line)


@dataclass(frozen=True)
class PartLines:
    """What stands below the header: a record for each task of a shard, in order."""

    path: Path
    fingerprint: Fingerprint
    seal: bytes
    """Of the header: a line under another is not taken."""

    def line(self, record: Record) -> bytes:
        """Give a record as a line."""
        return sealed(record.line(), self.seal)

    def read(self, file: IO[bytes]) -> Iterator[tuple[Record, int]]:
        """Yield the records that were finished, each with the bytes of its line.

        A line that was not finished ends them. It can only be the last and the next of the shard;
        what else is not as it was written is refused by its number.
        """
        numbers = self.fingerprint.numbers()
        for at, line in enumerate(file, FIRST_RECORD):
            number = next(numbers, None)
            if number is None:
                raise corrupt(self.path, at)
            if not line.endswith(b"\n"):
                self._require_torn(line, number, at)
                return
            yield self._record(line, number, at), len(line)

    def _record(self, line: bytes, number: int, at: int) -> Record:
        try:
            record = Record.parse(unsealed(line, self.seal))
        except ValueError as error:
            raise corrupt(self.path, at) from error
        wanted = self.fingerprint.outline.n_rows
        if record.number != number or len(record.rows) != (wanted or len(record.rows)):
            raise corrupt(self.path, at)
        return record

    def _require_torn(self, line: bytes, number: int, at: int) -> None:
        """Refuse a last line that is no beginning of a record; a power cut may leave zeros."""
        written, start = line.rstrip(b"\0"), Record.start(number)
        if written[: len(start)] != start[: len(written)]:
            raise corrupt(self.path, at)
