"""Attributes that are computed once, when first asked for, without a lock; tokens of equal things.

``functools.cached_property`` holds one lock for all instances of a class until Python 3.12: two
threads that need each other's attributes wait for ever. Here two threads may compute the same at
the same time; both find the same, and one is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, Generic, Self, TypeVar, overload

Value = TypeVar("Value")


class once(Generic[Value]):  # noqa: N801 - reads as property does
    """Turn a method without arguments into an attribute that is kept in the instance."""

    def __init__(self, make: Callable[[Any], Value]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> Value: ...
    def __get__(self, instance: object | None, owner: type) -> Self | Value:
        """Compute and keep; from then on the instance's own attribute is found first."""
        if instance is None:
            return self
        value: Value = instance.__dict__.setdefault(self._name, self._make(instance))
        return value


class Token:
    """Stands for equal things as a key: it is compared at once, and they by all that they are."""


@lru_cache(maxsize=4096)
def token_of(thing: Hashable) -> Token:
    """Give the token that equal things share, as long as it is remembered."""
    return Token()
