"""Names of columns, each of which means one column: those that repeat are numbered."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

MARK = ":"


class ColumnNames(tuple[str, ...]):
    """Names in the order of the columns, all different; ``stored`` are the names as they were.

    Columns named a, b, a are a:1, b, a:2 here. Where there is a column of such a name already,
    there are more colons.
    """

    stored: tuple[str, ...]
    _sources: dict[str, tuple[str, int]]
    """Of each name the stored one, and how many columns before it bear that too."""

    def __new__(cls, stored: Iterable[str]) -> ColumnNames:
        """Number the names that repeat."""
        names = tuple(stored)
        repeat = len(set(names)) < len(names)
        nth = list(occurrences(names)) if repeat else [0] * len(names)
        made = super().__new__(cls, numbered(names, nth) if repeat else names)
        made.stored = names
        made._sources = dict(zip(made, zip(names, nth, strict=True), strict=True))
        return made

    @classmethod
    def of(cls, names: Sequence[str]) -> ColumnNames:
        """Give names that are numbered already as they are."""
        return names if isinstance(names, cls) else cls(names)

    def bearers(self, name: str) -> list[int]:
        """Give the places, from 0, of the columns whose stored name this is."""
        return [place for place, stored in enumerate(self.stored) if stored == name]

    def stored_as(self, names: Iterable[str]) -> list[str]:
        """Give the stored names of some columns, each once."""
        return list(dict.fromkeys(self._sources[name][0] for name in names))

    def places(self, names: Iterable[str], given: Sequence[str]) -> list[int]:
        """Find columns among ``given``, stored names of which all that equal one of theirs stand.

        So where one of several columns of a name is read, all of them are.
        """
        where = defaultdict(list)
        for place, stored in enumerate(given):
            where[stored].append(place)
        sources = (self._sources[name] for name in names)
        return [where[stored][nth] for stored, nth in sources]


def occurrences(names: Iterable[str]) -> Iterator[int]:
    """Yield how often each name stands before itself."""
    seen: Counter[str] = Counter()
    for name in names:
        yield seen[name]
        seen[name] += 1


def numbered(names: Sequence[str], nth: Sequence[int]) -> list[str]:
    """Put its number, from 1, behind each name that repeats."""
    counts, known = Counter(names), set(names)
    marks = {name: free_mark(name, n, known) for name, n in counts.items() if n > 1}
    return [
        f"{name}{marks[name]}{number + 1}" if name in marks else name
        for name, number in zip(names, nth, strict=True)
    ]


def free_mark(name: str, count: int, known: Collection[str]) -> str:
    """Give colons, as few as make names that are not known."""
    mark = MARK
    while any(f"{name}{mark}{number}" in known for number in range(1, count + 1)):
        mark += MARK
    return mark
