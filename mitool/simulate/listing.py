"""What there is to simulate, in words: for the listing of ``mitool simulate``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from mitool.estimators.parameters import declared, words
from mitool.simulate import BUILTIN, create, load
from mitool.simulate.base import Distribution


@dataclass(frozen=True)
class Entry:
    """One distribution: its parameters with defaults, and its truth at the defaults, in nats."""

    name: str
    about: str
    params: dict[str, Any]
    kinds: str
    truth: float
    quantity: str


def entries() -> Iterator[Entry]:
    """Describe every distribution there is."""
    return map(entry, BUILTIN)


def entry(name: str) -> Entry:
    """Describe one distribution."""
    distribution = create(name)
    return Entry(
        name=name,
        about=about(distribution),
        params=asdict(distribution),  # type: ignore[call-overload]
        kinds=kinds(distribution),
        truth=distribution.truth,
        quantity=quantity(distribution),
    )


def about(distribution: Distribution) -> str:
    """Give the first sentence of what is said of a distribution."""
    return str(type(distribution).__doc__).split("\n", 1)[0]


def quantity(distribution: Distribution) -> str:
    """Name what the truth is of."""
    return "I(x;y)" if distribution.cmi is None else "I(x;y|z)"


def kinds(distribution: Distribution) -> str:
    """Give the kinds of x, y and z in one word each, with the number of columns where several."""
    sides = (distribution.kinds_x, distribution.kinds_y, distribution.kinds_z)
    return " ".join(side[0] + (f"^{len(side)}" if len(side) > 1 else "") for side in sides if side)


def listing() -> list[str]:
    """Give one line a distribution: name, kinds, truth at the defaults, and what it is."""
    rows = list(entries())
    width = max(len(row.name) for row in rows)
    span = max(len(row.kinds) for row in rows)
    head = f"{'name':{width}}  {'kinds':{span}}  {'nats':>7}  what it is"
    return [head] + [
        f"{row.name:{width}}  {row.kinds:{span}}  {row.truth:7.4f}  {row.about}" for row in rows
    ]


def description(name: str) -> list[str]:
    """Give the lines that describe one distribution: its docstring, truth and parameters."""
    facts, (kind, _) = entry(name), load(name)
    text = [line.strip() for line in str(kind.__doc__).strip().splitlines()]
    lines = [name, "", *text, "", f"{facts.quantity} at the defaults: {facts.truth:.6g} nats"]
    parameters = declared(kind).items()
    width = max((len(key) for key, _ in parameters), default=0)
    return [*lines, *([""] if parameters else [])] + [
        f"  {key:{width}}  {field.metadata['help']} ({words(hint)}; default {facts.params[key]})"
        for key, (field, hint) in parameters
    ]
