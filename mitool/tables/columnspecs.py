r"""Which columns a COLS expression means: names, globs, ranges and lists of them.

``height`` is a name, ``gene_*`` a glob, ``first..last`` a range in file order, and commas make
lists. An exact name wins over syntax; ``\,`` is a comma that belongs to a name.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from mitool.errors import MitoolError, UsageError
from mitool.tables.columnnames import ColumnNames

SHOWN = 10
SEPARATORS = ",;\t|"


def select(
    spec: str,
    names: Sequence[str],
    where: str,
    groups: Mapping[str, Sequence[str]] | None = None,
) -> list[str]:
    """Give the names that ``spec`` means, each once, in the order in which it names them.

    ``where`` is what messages call the table; ``groups`` are names that mean several columns. A
    name that several columns bear is refused: each goes by its number (see ``columnnames``).
    """
    known = ColumnNames.of(names)
    if not spec.strip():
        raise UsageError("an empty name is not a column; give a name, a glob or a range")
    chosen: list[str] = []
    is_name = spec in known or spec in known.stored
    terms = [spec] if is_name else re.split(r"(?<!\\),", spec)
    for term in terms:
        chosen += expand(term.replace(r"\,", ","), known, where, groups or {})
    return list(dict.fromkeys(chosen))


def expand(
    term: str, names: ColumnNames, where: str, groups: Mapping[str, Sequence[str]]
) -> list[str]:
    """Give the names that one term of a list means."""
    for exact in (term, term.strip()):
        if exact in names:
            return [exact]
        if exact in names.stored:
            raise absent(exact, names, where)
        if exact in groups:
            return list(groups[exact])
    term = term.strip()
    meant = in_range(term, names, where)
    if meant is None and any(mark in term for mark in "*?["):
        meant = [name for name in names if fnmatchcase(name, term)]
    if not meant:
        raise absent(term, names, where, groups)
    return meant


def in_range(term: str, names: ColumnNames, where: str) -> list[str] | None:
    """Give the columns from ``first`` to ``last``, None if the term is not ``first..last``."""
    for mark in re.finditer(r"(?=\.\.)", term):
        first, last = term[: mark.start()].strip(), term[mark.start() + 2 :].strip()
        if first in names and last in names:
            start, stop = names.index(first), names.index(last)
            if stop < start:
                raise MitoolError(
                    f"{where}: {first!r} stands after {last!r}; write {last}..{first}"
                )
            return list(names[start : stop + 1])
    first, dots, last = term.partition("..")
    if not (dots and first and last):
        return None
    missing = last if first in names else first
    raise absent(missing, names, where)


def absent(name: str, names: ColumnNames, where: str, groups: Iterable[str] = ()) -> MitoolError:
    """Say that no column, or none alone, bears a name, and what the user may have meant."""
    places = names.bearers(name)
    if not places:
        return MitoolError(f"{where} has no column {name!r}; {advice(name, names, groups)}")
    shown = " and ".join(str(place + 1) for place in places[:4])
    return MitoolError(
        f"{where} has {len(places)} columns named {name!r} (numbers {shown}); rename them, or "
        f"say which: {' or '.join(repr(names[place]) for place in places[:4])}"
    )


def advice(name: str, known: ColumnNames, groups: Iterable[str] = ()) -> str:
    """Say what the user may have meant, and which columns there are."""
    names = list(dict.fromkeys([*known, *groups]))
    shown = ", ".join(names[:SHOWN]) + (f", … {len(names)} in all" if len(names) > SHOWN else "")
    near = near_name(name, names)
    if near is not None:
        return f"did you mean {near!r}? (columns: {shown})"
    only = names[0] if len(names) == 1 else ""
    mark = next((mark for mark in SEPARATORS if mark in only), None)
    if mark is not None:
        return f"it has one column, {only!r}: try --delimiter {mark!r}"
    if all(is_number(n) for n in [*known.stored, *groups]):
        return f"its header holds only numbers ({shown}): without a header use --no-header"
    return f"it has {shown}"


def near_name(name: str, names: Sequence[str]) -> str | None:
    """Find the name most like this one, whatever its case."""
    lower = {other.lower(): other for other in reversed(names)}
    near = difflib.get_close_matches(name.lower(), lower, 1)
    return lower[near[0]] if near else None


def is_number(text: str) -> bool:
    """Whether a name reads as a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True
