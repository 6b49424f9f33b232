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


def listed() -> list[str]:
    """Give one line a distribution: name, kinds, truth at the defaults, and what it is."""
    found = list(entries())
    width = max(len(each.name) for each in found)
    span = max(len(each.kinds) for each in found)
    head = f"{'name':{width}}  {'kinds':{span}}  {'nats':>7}  what it is"
    return [head] + [
        f"{each.name:{width}}  {each.kinds:{span}}  {each.truth:7.4f}  {each.about}"
        for each in found
    ]


def described(name: str) -> list[str]:
    """Give the lines that describe one distribution: what is said of it, and its parameters."""
    found, (kind, _) = entry(name), load(name)
    text = [line.strip() for line in str(kind.__doc__).strip().splitlines()]
    lines = [name, "", *text, "", f"{found.quantity} at the defaults: {found.truth:.6g} nats"]
    parameters = declared(kind).items()
    width = max((len(key) for key, _ in parameters), default=0)
    return [*lines, *([""] if parameters else [])] + [
        f"  {key:{width}}  {field.metadata['help']} ({words(hint)}; default {found.params[key]})"
        for key, (field, hint) in parameters
    ]
