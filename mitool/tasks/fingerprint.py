"""What makes two runs the same run: data, settings, version and tasks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from mitool.errors import MitoolError
from mitool.report import Run
from mitool.result.fields import plain
from mitool.tasks.batch import Batch, Outline, outline_of
from mitool.tasks.shards import Shard
from mitool.version import __version__


@dataclass(frozen=True)
class Fingerprint:
    """The first line of a checkpoint or part.

    ``settings`` are all that decides the numbers; ``inputs`` are for the report that a merge
    writes, and may differ between runs: the data themselves are compared by ``digest``.
    """

    SCHEMA: ClassVar[str] = "mitool.part/2"

    command: str
    settings: Mapping[str, Any]
    digest: str
    outline: Outline
    shard: Shard = field(default_factory=Shard)
    inputs: Sequence[Mapping[str, Any]] = ()
    version: str = __version__

    @classmethod
    def of(cls, batch: Batch, run: Run, shard: Shard) -> Fingerprint:
        """Take the fingerprint of a batch in a run."""
        settings = json.loads(json.dumps(plain(run.settings, "settings", [])))
        return cls(run.command, settings, batch.digest, batch.outline, shard, run.inputs)

    def numbers(self) -> Iterator[int]:
        """Yield the numbers of its shard's tasks."""
        for numbers in self.shard.ranges(self.outline.n_tasks):
            yield from numbers

    def header(self) -> dict[str, Any]:
        """Give the line as an object."""
        return {
            "schema": self.SCHEMA,
            "version": self.version,
            "command": self.command,
            "shard": str(self.shard),
            "settings": dict(self.settings),
            "digest": self.digest,
            "input": [dict(entry) for entry in self.inputs],
            "batch": self.outline.header(),
        }

    @classmethod
    def read(cls, header: Mapping[str, Any], path: Path) -> Fingerprint:
        """Make a fingerprint of a header that was read."""
        try:
            index, _, count = header["shard"].partition("/")
            return cls(
                command=header["command"],
                settings=header["settings"],
                digest=header["digest"],
                outline=outline_of(header["batch"]),
                shard=Shard(int(index), int(count)),
                inputs=header["input"],
                version=header["version"],
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise MitoolError(f"{path} is damaged at line 1; remove it and run again") from error

    def require(self, header: Mapping[str, Any], path: Path) -> None:
        """Refuse a file of another run, and say what differs."""
        other = Fingerprint.read(header, path)
        difference = self.difference(other)
        if difference is None and other.shard != self.shard:
            difference = ("shard", str(other.shard), str(self.shard))
        if difference is not None:
            what, theirs, mine = difference
            if what == "data":
                mismatch = f"{path} was made from other data than this run"
            else:
                mismatch = f"{path} was made with {what} {theirs!r}, this run has {mine!r}"
            raise MitoolError(f"{mismatch}; run it as before, or name another file")

    def difference(self, other: Fingerprint) -> tuple[str, Any, Any] | None:
        """Give what differs first, with its value there and here; shards may differ."""
        for what in ("command", "version"):
            if getattr(self, what) != getattr(other, what):
                return what, getattr(other, what), getattr(self, what)
        for key in sorted({*self.settings, *other.settings}):
            there, here = other.settings.get(key), self.settings.get(key)
            if there != here:
                return key, there, here
        if (self.digest, self.outline) != (other.digest, other.outline):
            return "data", other.digest, self.digest
        return None
