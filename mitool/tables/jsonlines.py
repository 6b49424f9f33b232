"""JSON Lines: one object a line, its keys the columns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import IO, Any

from mitool.errors import MitoolError
from mitool.tables.arrowtypes import unusable
from mitool.tables.column import Column
from mitool.tables.convert import from_arrow
from mitool.tables.jsondepth import MOST_LEVELS, is_too_deep
from mitool.tables.piece import Batch
from mitool.tables.reader import Reason
from mitool.tables.readoptions import ReadOptions
from mitool.tables.source import Source, damage, one_line


class JsonLinesReader:
    """One JSON Lines file; a key that a line lacks is missing there."""

    in_pieces = False

    def __init__(self, source: Source, options: ReadOptions) -> None:
        import pyarrow.json

        self.source = source
        if source.head.lstrip()[:1] == b"[":
            raise MitoolError(
                f"{source.name} is one JSON array, not a line for each row; convert it: "
                f"jq -c '.[]' {source.path}"
            )
        with damage(source), source.open() as stream:
            self._require_shallow(stream)
        try:
            with damage(source), source.open() as stream:
                self._table = pyarrow.json.read_json(stream)
                self.names = tuple(self._table.column_names)
        except MitoolError:
            self._explain()
            raise
        self.aside: Mapping[str, Reason] = unusable(self._table.schema)
        self.n_rows = int(self._table.num_rows)
        self.groups: dict[str, tuple[str, ...]] = {}

    def read(self, names: Sequence[str]) -> list[Column]:
        """Convert the columns of these names; text that is all ISO 8601 times is times."""
        with damage(self.source):
            columns = [(name, times(self._table.column(name))) for name in names]
            return [from_arrow(name, values, self.source.name) for name, values in columns]

    def batches(self, names: Sequence[str], n_rows: int) -> Iterator[Batch]:
        """Refuse: whether text is times is known only from all of it."""
        raise MitoolError(
            f"{self.source.name} is JSON Lines, which is read whole; convert it to Parquet or CSV "
            "to stream it"
        )

    def _require_shallow(self, stream: IO[bytes]) -> None:
        """Refuse what the parser would overflow the stack with."""
        if is_too_deep(stream):
            raise MitoolError(
                f"{self.source.name} has lists or objects in one another {MOST_LEVELS} deep; each "
                'line is an object such as {"x": 1, "y": 2}'
            )

    def _explain(self) -> None:
        """Find the first line that is not an object, or whose values are of another kind."""
        kinds: dict[str, str] = {}
        with self.source.open() as stream:
            for number, line in enumerate(stream, 1):
                try:
                    row = json.loads(line) if line.strip() else {}
                except ValueError as error:
                    raise MitoolError(
                        f"{self.source.name} line {number} is not JSON: {one_line(error)}"
                    ) from error
                if not isinstance(row, dict):
                    raise MitoolError(
                        f"{self.source.name} line {number} holds {type(row).__name__}; each line "
                        'is an object such as {"x": 1, "y": 2}'
                    )
                for name, value in row.items():
                    kind = kind_of(value)
                    if value is not None and kinds.setdefault(name, kind) != kind:
                        raise MitoolError(
                            f"{self.source.name} line {number} has {kind} in {name!r}, but lines "
                            f"above have {kinds[name]}; make all its values one kind"
                        )


def kind_of(value: object) -> str:
    """Name the kind of a JSON value."""
    if isinstance(value, bool):
        return "true or false"
    kinds: dict[type, str] = {str: "text", dict: "an object", list: "a list"}
    return kinds.get(type(value), "a number")


def times(values: Any) -> Any:
    """Parse text that is all dates and times, which JSON cannot tell from other text."""
    import pyarrow

    if not pyarrow.types.is_string(values.type):
        return values
    for zone in (None, "UTC"):
        with suppress(pyarrow.ArrowInvalid):
            return values.cast(pyarrow.timestamp("ns", zone))
    return values
