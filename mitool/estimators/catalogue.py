"""What there is to know of an estimator, read from its class: nothing is written down twice."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from inspect import getdoc
from typing import Any, overload

from mitool.errors import MitoolError, UsageError
from mitool.estimators import BUILTIN, load, names
from mitool.estimators.base import (
    ANY,
    DISCRETE,
    NUMERIC,
    Conditional,
    Entropic,
    Estimator,
    NormalizedPointwise,
    Pointwise,
)
from mitool.estimators.parameters import declared, default_of, words
from mitool.estimators.streamed import Streaming
from mitool.result.codes import warn

ABILITIES: dict[str, type] = {
    "conditional": Conditional,
    "entropy": Entropic,
    "pointwise": Pointwise,
    "normalised pointwise": NormalizedPointwise,
    "streaming": Streaming,
}


@dataclass(frozen=True)
class Parameter:
    """One parameter as a user sets it by ``-p``."""

    name: str
    type: str
    default: Any
    help: str


@dataclass(frozen=True)
class Entry:
    """One estimator as the catalogue shows it."""

    name: str
    summary: str
    accepts: str
    accepts_given: tuple[str, ...]
    abilities: tuple[str, ...]
    symmetric: bool
    estimand: str
    transform: str
    intervals: tuple[str, ...]
    cost: str
    parameters: tuple[Parameter, ...]
    reference: str
    bibtex: str
    builtin: bool
    details: str


def entry(name: str) -> Entry:
    """Describe the estimator of that name."""
    kind = load(name)
    return Entry(
        name=name,
        summary=_first_paragraph(getdoc(kind)),
        accepts=_pairs(kind),
        accepts_given=tuple(sorted(kind.accepts_given)),
        abilities=tuple(word for word, ability in ABILITIES.items() if issubclass(kind, ability)),
        symmetric=kind.symmetric,
        estimand=kind.estimand,
        transform=kind.default_transform,
        intervals=kind.intervals,
        cost=kind.cost,
        parameters=tuple(_parameters(kind)),
        reference=_first_paragraph(sys.modules[kind.__module__].__doc__),
        bibtex=kind.bibtex,
        builtin=name in BUILTIN,
        details=_other_paragraphs(getdoc(kind)),
    )


def entries(tell: Callable[[MitoolError], None]) -> Iterator[Entry]:
    """Describe all estimators that can be loaded; ``tell`` hears of each plug-in that cannot."""
    for name in names():
        try:
            yield entry(name)
        except MitoolError as error:
            tell(error)


@overload
def estimators() -> tuple[Entry, ...]: ...
@overload
def estimators(name: str) -> Entry: ...
def estimators(name: str | None = None) -> tuple[Entry, ...] | Entry:
    """Describe every estimator there is, or one by its name.

    Parameters
    ----------
    name
        The name of one; None describes all, those of other installed packages too.

    Returns
    -------
    Entry, or tuple of Entry
        ``name``, ``summary``, ``accepts``, ``parameters``, ``reference`` and so on.

    Raises
    ------
    MitoolError
        If there is no estimator of that name.

    Examples
    --------
    >>> import mitool
    >>> [entry.name for entry in mitool.estimators() if "streaming" in entry.abilities]
    ['bins', 'gaussian', 'nml', 'nsb', 'plugin']
    >>> [parameter.name for parameter in mitool.estimators("ksg").parameters]
    ['n_neighbors', 'algorithm', 'ties', 'residuals']
    """
    if name == "auto":
        raise UsageError(
            "auto is a choice among estimators; mitool estimators auto shows its rules"
        )
    if isinstance(name, str):
        return entry(name)
    if name is not None:
        raise UsageError(f"the name of an estimator must be a text, got {name!r}")
    return tuple(entries(lambda error: warn("plugin", reason=error, stacklevel=5)))


def _first_paragraph(text: str | None) -> str:
    return " ".join((text or "").strip().split("\n\n")[0].split())


def _other_paragraphs(text: str | None) -> str:
    """Give what follows the first paragraph, each paragraph on one line."""
    paragraphs = (text or "").strip().replace("``", "`").split("\n\n")[1:]
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _pairs(kind: type[Estimator]) -> str:
    """Say which pairs of kinds an estimator takes."""
    named = {
        ANY: "any kinds",
        NUMERIC: "numbers with numbers",
        DISCRETE: "labels with labels",
        frozenset(): "nothing in pairs",
    }
    if kind.accepts in named:
        return named[kind.accepts]
    return ", ".join(sorted({_pair(pair) for pair in kind.accepts}))


def _pair(kinds: Collection[str]) -> str:
    return " with ".join(sorted(kinds))


def _parameters(kind: type[Estimator]) -> list[Parameter]:
    return [
        Parameter(name, words(hint), default_of(field), field.metadata.get("help", ""))
        for name, (field, hint) in declared(kind).items()
    ]
