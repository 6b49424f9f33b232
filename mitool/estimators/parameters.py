"""Parameters of estimators: parsing, listing and checking, all from the fields of the dataclass."""

from __future__ import annotations

import types
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from difflib import get_close_matches
from numbers import Integral, Real
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from mitool.errors import MitoolError, UsageError
from mitool.estimators import classes, load
from mitool.estimators.base import Estimator
from mitool.printable import shortened

Declared = TypeVar("Declared")

TRUTHS = ("bool", "bool_")
"""Names of the types of Python and of NumPy that are true or false."""

NUMBERS: dict[Any, Any] = {int: Integral, float: Real}

SHOWN = 60  # characters of a value in a message

LARGEST = 2**53
"""Whole numbers beyond it are no number of anything, and not exact where they become floats."""


_declared: dict[type[Any], dict[str, tuple[Field[Any], Any]]] = {}


def declared(kind: type[Any]) -> dict[str, tuple[Field[Any], Any]]:
    """The parameters of a dataclass: name -> (field, resolved type)."""
    if kind not in _declared:  # reading the types anew takes longer than many an estimate
        hints = get_type_hints(kind)
        _declared[kind] = {field.name: (field, hints[field.name]) for field in fields(kind)}
    return _declared[kind]


def default_of(field: Field[Any]) -> Any:
    """The default of a parameter; every parameter has one."""
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def create(name: str, params: Mapping[str, Any] | None = None) -> Estimator:
    """Make the estimator of that name; texts are read by the type of their parameter."""
    return build(load(name), name, params or {})


def build(kind: type[Declared], name: str, params: Mapping[str, Any]) -> Declared:
    """Make an object of any dataclass; texts are read by the type of their parameter.

    A value that the object refuses was asked for: wrong usage, whatever the data.
    """
    known = declared(kind)
    values = {}
    for key, value in params.items():
        if key not in known:
            raise UsageError(_unknown(name, key, list(known)))
        values[key] = _taken(value, known[key][1], f"{name}.{key}")
    try:
        return kind(**values)
    except MitoolError as error:
        raise UsageError(f"{name}: {error}") from None


def params_of(estimator: Estimator) -> dict[str, Any]:
    """The parameters of an estimator as they stand in a report."""
    return {field.name: getattr(estimator, field.name) for field in fields(estimator)}


def check_at_least(name: str, value: float, least: float) -> None:
    """Refuse a parameter below the least that makes sense."""
    if not value >= least:
        raise UsageError(f"{name} must be at least {least:g}, got {value}")


def words(hint: Any) -> str:
    """Say in words what values a type allows."""
    if get_origin(hint) is Literal:
        return "|".join(str(value) for value in get_args(hint))
    if get_origin(hint) in (Union, types.UnionType):
        return "|".join(words(part) for part in get_args(hint) if part is not type(None))
    if get_origin(hint) is tuple:
        return f"list of {words(get_args(hint)[0])}"
    plain = {int: "integer", float: "number", bool: "true|false", str: "text"}
    return plain.get(hint, str(hint))


def _unknown(name: str, key: str, known: list[str]) -> str:
    if not known:
        return f"{name} has no parameter {key!r}; it has none"
    near = get_close_matches(key, known, 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{name} has no parameter {key!r}; {hint}it has: {', '.join(known)}"


def _taken(value: Any, hint: Any, what: str) -> Any:
    reading = _read(value, hint) if isinstance(value, str) else _fitted(value, hint)
    if reading is None:
        shown = shortened(" ".join(repr(value).split()), SHOWN)
        raise UsageError(f"{what} takes {words(hint)}, got {shown}")
    return reading[0]


def _fitted(value: Any, hint: Any) -> tuple[Any] | None:
    """Give a value that is no text as a type has it: a tuple of it, or None where it does not fit.

    Numbers of NumPy are numbers, and a whole one may stand for any other. A type that is none of
    those that texts are read as takes what it gets.
    """
    parts = get_args(hint)
    if get_origin(hint) in (Union, types.UnionType):
        return next((fit for part in parts if (fit := _fitted(value, part)) is not None), None)
    if get_origin(hint) is Literal:
        return next(((part,) for part in parts if _fitted(value, type(part)) == (part,)), None)
    if get_origin(hint) is tuple:
        fits = (
            [_fitted(part, parts[0]) for part in value] if isinstance(value, Iterable) else [None]
        )
        return None if None in fits else (tuple(fit[0] for fit in fits if fit),)
    if hint in NUMBERS:
        fits_number = isinstance(value, NUMBERS[hint]) and type(value).__name__ not in TRUTHS
        too_large = isinstance(value, Integral) and abs(int(value)) > LARGEST
        return (hint(value),) if fits_number and not too_large else None
    if hint is bool:
        return (bool(value),) if type(value).__name__ in TRUTHS else None
    if hint is types.NoneType:
        return (value,) if value is None else None
    return None if hint is str else (value,)


def _read(text: str, hint: Any) -> tuple[Any] | None:
    """Read a text as a type allows: a tuple of the one value, or None where it does not."""
    if get_origin(hint) in (Union, types.UnionType):
        readings = (_read(text, part) for part in get_args(hint) if part is not type(None))
        return next((value for value in readings if value is not None), None)
    if get_origin(hint) is Literal:
        return next(((value,) for value in get_args(hint) if str(value) == text), None)
    if get_origin(hint) is tuple:
        parts = [_read(part.strip(), get_args(hint)[0]) for part in text.split(",")]
        values = [part[0] for part in parts if part is not None]
        return (tuple(values),) if len(values) == len(parts) else None
    if hint is bool:
        known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        return (known[text.lower()],) if text.lower() in known else None
    try:
        value = hint(text)
    except ValueError:
        return None
    return None if hint is int and abs(value) > LARGEST else (value,)


def params_by_estimator(
    texts: Sequence[str], estimators: Sequence[str]
) -> dict[str, dict[str, str]]:
    """Give each estimator its parameters, by KEY=VALUE texts.

    NAME.KEY is for one estimator, KEY for all that have a parameter of this name.
    """
    params: dict[str, dict[str, str]] = {name: {} for name in estimators}
    for text in texts:
        path, equals, value = text.partition("=")
        name, dot, key = path.strip().rpartition(".")
        if not (equals and key):
            raise UsageError(f"-p takes KEY=VALUE, got {text!r}")
        if dot and name not in params:
            raise UsageError(f"-p {text} is for {name!r}, but -e names {', '.join(estimators)}")
        for estimator in [name] if dot else _takers(key, estimators):
            params[estimator][key] = value.strip()
    return params


def with_parameter(key: str, among: Collection[str] | None = None) -> list[str]:
    """Give the estimators, of all or of some, that have a parameter of this name."""
    known = classes() if among is None else {n: load(n) for n in among if n != "auto"}
    return [name for name, kind in known.items() if key in declared(kind)]


def _takers(key: str, estimators: Sequence[str]) -> list[str]:
    if len(estimators) == 1:
        return list(estimators)
    takers = with_parameter(key, estimators)
    if not takers:
        raise UsageError(f"none of {', '.join(estimators)} has a parameter {key!r}")
    return takers
