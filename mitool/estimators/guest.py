"""Estimators of other packages, which may break any promise: each fault of theirs is one line."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import is_dataclass
from importlib import import_module
from numbers import Real
from typing import Any

from mitool.errors import MitoolError
from mitool.estimators.base import ANY, Estimator, Value

GIVE_VALUES = ("join", "join_given", "entropy")
GIVE_OTHERS = ("prepare", "local", "local_normalized", "delete_one", "at_scales")
GIVE_ONE_BY_ONE = ("permuted",)


@functools.cache
def guest(name: str, target: str) -> type[Estimator]:
    """Load what another package offers as "module:class", and watch over what it does."""
    try:
        kind = _loaded(target)
    except (Exception, SystemExit) as error:
        raise MitoolError(
            f"estimator {name!r} of another package ({target}) cannot be loaded "
            f"({_words(error)}); repair or uninstall that package"
        ) from error
    watch = {
        **dict.fromkeys(GIVE_VALUES, _watched_value),
        **dict.fromkeys(GIVE_OTHERS, _watched),
        **dict.fromkeys(GIVE_ONE_BY_ONE, _watched_each),
    }
    watched = {
        method: how(name, getattr(kind, method))
        for method, how in watch.items()
        if hasattr(kind, method)
    }
    more = {"__module__": kind.__module__, "__doc__": kind.__doc__}
    return type(kind.__name__, (kind,), {**watched, **more})


def _loaded(target: str) -> type[Estimator]:
    module, _, attribute = target.partition(":")
    kind: type[Estimator] = getattr(import_module(module), attribute)
    if not issubclass(kind, Estimator):
        raise TypeError(f"{kind.__name__} does not derive from Estimator")
    if not is_dataclass(kind):
        raise TypeError(f"{kind.__name__} is no dataclass")
    if not frozenset(kind.accepts) <= ANY:
        raise TypeError(f"{kind.__name__}.accepts holds what is no pair of kinds")
    kind()
    return kind


def _watched(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def watched(*arguments: Any, **more: Any) -> Any:
        try:
            return method(*arguments, **more)
        except MitoolError:
            raise
        except (Exception, SystemExit) as error:
            raise _failed(name, _words(error)) from error

    return watched


def _watched_value(name: str, method: Callable[..., Any]) -> Callable[..., Value]:
    run = _watched(name, method)

    @functools.wraps(method)
    def watched(*arguments: Any, **more: Any) -> Value:
        value = run(*arguments, **more)
        if not isinstance(value, Value):
            raise _failed(name, f"it gave {type(value).__name__}, not Value")
        if not isinstance(value.mi, Real):
            raise _failed(name, f"its mi is {type(value.mi).__name__}, not a number")
        if not math.isfinite(value.mi):
            raise _failed(name, f"its mi is {float(value.mi)}")
        return value

    return watched


def _watched_each(name: str, method: Callable[..., Any]) -> Callable[..., Iterator[Any]]:
    run = _watched(name, lambda *arguments: iter(method(*arguments)))
    step = _watched(name, lambda results: next(results, None))

    @functools.wraps(method)
    def watched(*arguments: Any) -> Iterator[Any]:
        results: Iterable[Any] = run(*arguments)
        while (result := step(results)) is not None:
            yield result

    return watched


def _failed(name: str, what: str) -> MitoolError:
    return MitoolError(f"estimator {name!r} of another package failed ({what})")


def _words(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
