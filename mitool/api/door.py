"""The door that every public function stands behind: wrong arguments and errors, in Python's words.

Messages of the library name options of the command line, because most of its users are there; here
they name arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from functools import wraps
from inspect import Parameter, signature
from typing import ParamSpec, TypeVar

from mitool.api.arguments import CHECKS
from mitool.errors import MitoolError, UsageError
from mitool.result.wording import NAMES, in_python

Given = ParamSpec("Given")
Result = TypeVar("Result")


class UnknownArgumentError(UsageError, TypeError):
    """An argument that a function does not have, which Python itself calls a TypeError."""


def _unknown(function: str, name: str, known: Sequence[str]) -> UnknownArgumentError:
    """Say which argument may have been meant: the options of the command line have other names."""
    meant = [NAMES.get(f"--{name.replace('_', '-')}"), *get_close_matches(name, known, 1)]
    near = next((other for other in meant if other in known), None)
    advice = f"it has {', '.join(known)}" if near is None else f"did you mean {near!r}?"
    return UnknownArgumentError(f"{function} has no argument {name!r}; {advice}")


@contextmanager
def errors_in_python() -> Iterator[None]:
    """Let errors name arguments instead of options."""
    try:
        yield
    except MitoolError as error:
        error.args = (in_python(str(error)),)
        raise


def door(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Check the arguments that are given, and let errors name arguments instead of options."""
    known = signature(function).parameters
    in_order = [n for n, p in known.items() if p.kind is Parameter.POSITIONAL_OR_KEYWORD]

    @wraps(function)
    def entered(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        for name, value in (*zip(in_order, args, strict=False), *kwargs.items()):
            if name not in known:
                raise _unknown(function.__name__, name, list(known))
            if name in CHECKS and value is not known[name].default:
                CHECKS[name](name, value)
        with errors_in_python():
            return function(*args, **kwargs)

    return entered
