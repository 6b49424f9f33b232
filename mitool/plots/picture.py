"""A picture before it is drawn: what it shows, in words too, and what draws it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mitool.printable import printable, shortened

Row = Mapping[str, Any]

ALPHA = 0.05
NAME = 28  # characters of a name that stand at an axis


@dataclass(frozen=True)
class Picture:
    """A figure to be: ``paint`` is given an empty matplotlib figure of ``inches`` (width, height).

    ``words`` say what is to be seen, for whom does not see it. ``is_dense`` says that it holds more
    marks than a vector format is good for.
    """

    title: str
    words: str
    inches: tuple[float, float]
    paint: Callable[[Any], None]
    is_dense: bool = False


def label(text: str, most: int = NAME) -> str:
    """Give a name as an axis holds it: short, visible, and no formula."""
    return literal(shortened(printable(text), most))


def p_of(row: Row) -> float | None:
    """Give the p of a row that counts: the adjusted, or else the plain one."""
    p: float | None = row.get("p_adjusted")
    return row.get("p_value") if p is None else p


def is_insignificant(row: Row) -> bool:
    """Tell whether the p of a row exceeds .05; not without a test."""
    p = p_of(row)
    return p is not None and p > ALPHA


def literal(text: str) -> str:
    """Keep matplotlib from taking text between dollars for a formula."""
    return text.replace("$", r"\$")


def quantity(rows: Sequence[Row]) -> str:
    """Name what the rows hold, with its unit: ``mi (nats)``, or ``value`` where they differ."""
    estimands = {row.get("estimand") or "value" for row in rows}
    units = {row.get("unit") for row in rows} - {None}
    name = estimands.pop() if len(estimands) == 1 else "value"
    return f"{name} ({units.pop()})" if len(units) == 1 else name
