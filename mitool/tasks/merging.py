"""Parts of one whole become one report, if they belong together and none is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge as interleave
from pathlib import Path

from mitool.errors import MitoolError
from mitool.report.places import require_regular
from mitool.tasks.fingerprint import Fingerprint
from mitool.tasks.partlines import PartLines, read_header
from mitool.tasks.records import Record


@dataclass(frozen=True)
class Part:
    """One file of finished records."""

    path: Path
    fingerprint: Fingerprint
    seal: bytes

    @classmethod
    def open(cls, path: Path) -> Part:
        """Read the first line."""
        require_regular(path)
        try:
            with path.open("rb") as file:
                header, seal = read_header(file, path)
        except FileNotFoundError as error:
            raise MitoolError(f"no part {str(path)!r}: there is no such file") from error
        return cls(path, Fingerprint.read(header, path), seal)

    def records(self) -> Iterator[Record]:
        """Yield all records of the shard; one that is missing or torn is refused."""
        shard, outline = self.fingerprint.shard, self.fingerprint.outline
        n_done, n_tasks = 0, shard.n_tasks(outline.n_tasks)
        with self.path.open("rb") as file:
            file.readline()
            for record, _ in PartLines(self.path, self.fingerprint, self.seal).read(file):
                n_done += 1
                yield record
        if n_done < n_tasks:
            raise MitoolError(
                f"{self.path} is not complete: it has {n_done} of {n_tasks} {outline.item_name}; "
                f"run shard {shard} again, it goes on from there"
            )


def opened(paths: Sequence[Path]) -> list[Part]:
    """Open parts that make up a whole, in the order of their shards."""
    parts = [Part.open(path) for path in paths]
    first = parts[0]
    by_index: dict[int, Part] = {}
    for part in parts:
        _require_same_whole(first, part)
        shard = part.fingerprint.shard
        if shard.index in by_index:
            twin = by_index[shard.index].path
            raise MitoolError(f"{twin} and {part.path} are both shard {shard}; leave one out")
        by_index[shard.index] = part
    count = first.fingerprint.shard.count
    missing = [str(index) for index in range(1, count + 1) if index not in by_index]
    if missing:
        raise MitoolError(
            f"missing of {count} shards: {', '.join(missing)}; run them, or name their parts too"
        )
    for part in parts:  # all are read through before anything is written
        for _ in part.records():
            pass
    return [by_index[index] for index in sorted(by_index)]


def _require_same_whole(first: Part, other: Part) -> None:
    me = str(first.path)
    if other.fingerprint.shard.count != first.fingerprint.shard.count:
        raise MitoolError(
            f"{other.path} is shard {other.fingerprint.shard}, {me} is shard "
            f"{first.fingerprint.shard}; parts of one whole have the same number of shards"
        )
    difference = first.fingerprint.difference(other.fingerprint)
    if difference is None:
        return
    what, theirs, mine = difference
    if what == "data":
        raise MitoolError(f"{other.path} was made from other data than {me}")
    raise MitoolError(f"{other.path} was made with {what} {theirs!r}, {me} with {mine!r}")


def merged(parts: Sequence[Part]) -> Iterator[Record]:
    """Yield the records of all parts in order; one line of each part is held."""
    return interleave(*(part.records() for part in parts), key=lambda record: record.number)
