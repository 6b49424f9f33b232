"""Many tasks of one kind: how they are done, and what they are as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from mitool.choices import Unit
from mitool.result.fields import Field
from mitool.tasks.records import Record

if TYPE_CHECKING:
    from mitool.tasks.wide import Square

OUTLINES = {  # by name, so that a merge imports only what it needs
    "plain": "mitool.tasks.batch:Outline",
    "matrix": "mitool.tasks.matrix:MatrixOutline",
    "prescreened": "mitool.tasks.prescreened:PrescreenedOutline",
    "layers": "mitool.networks.layeroutline:LayersOutline",
    "ranking": "mitool.screening.column_batch:RankingOutline",
}
"""The kinds of outline that a checkpoint or part may name."""


@dataclass(frozen=True, kw_only=True)
class Outline:
    """A batch without its data and methods: enough to finish its records and to report them.

    It stands in the header of a checkpoint or part, so its attributes are what JSON can hold. A
    batch whose records are finished otherwise has a subclass, with a line in ``OUTLINES``.
    """

    kind: ClassVar[str] = "plain"

    item_name: str
    """What is done one by one, such as ``pairs``."""
    n_tasks: int
    n_rows: int
    """How many rows each task gives; 0 where they differ."""
    fields: tuple[Field, ...]
    """The columns of the report."""
    unit: Unit = "nats"
    """That of the rows."""

    def finish(self, records: Iterable[Record]) -> Iterator[Record]:
        """Add what is seen only when all records are there: here nothing, they pass one by one."""
        yield from records

    @property
    def passes(self) -> bool:
        """Whether ``finish`` passes records on as they are."""
        return type(self).finish is Outline.finish

    def square(self) -> Square | None:
        """Give an empty square for the numbers of the records, if they are those of a matrix."""
        return None

    def header(self) -> dict[str, Any]:
        """Give the outline as JSON holds it."""
        return {"kind": self.kind, **asdict(self)}


def outline_of(header: Mapping[str, Any]) -> Outline:
    """Make an outline of what ``Outline.header`` gave; KeyError, TypeError if it is none."""
    named: dict[str, Any] = {
        name: tuple(v) if isinstance(v, list) else v for name, v in header.items()
    }
    module, _, name = OUTLINES[named.pop("kind")].partition(":")
    kind: type[Outline] = getattr(import_module(module), name)
    fields = tuple(Field(**field) for field in named.pop("fields"))
    return kind(fields=fields, **named)


class Batch(Protocol):
    """Many tasks of one kind, numbered from 0, that are done in any ranges and any order."""

    @property
    def outline(self) -> Outline:
        """What the tasks are as a whole: their number, their name, how they are reported."""
        ...

    @property
    def digest(self) -> str:
        """A checksum of the data; empty where everything follows from the settings."""
        ...

    def run(self, numbers: range) -> Sequence[Record]:
        """Do the tasks of these numbers; one record each, in order."""
        ...
