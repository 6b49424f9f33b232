"""The door that every public function stands behind: wrong arguments and errors, in Python's words.

Messages of the library name options of the command line, because most of its users are there; here
they name arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import ParamSpec, TypeVar

from mitool.api.arguments import CHECKS, CHOICES
from mitool.errors import MitoolError

Given = ParamSpec("Given")
Result = TypeVar("Result")

ARGUMENTS = {
    "-e": "estimator",
    "-z": "given",
    "-y": "y",
    "-x": "x",
    "-j": "n_jobs",
    "-p": "params",
    "--ci": "interval",
    "--ci-method": "interval_method",
    "--bootstrap": "n_resamples",
    "--cols": "columns",
    "--units": "unit",
    "--given": "given",
    "--threads": "n_jobs",
    "--transfer": "mitool.transfer",
    "--compare": "mitool.compare",
}
"""Options whose argument has another name; all others have their own, with _ for -."""

SAME = (
    *("permutations", "test", "statistic", "sequential", "tail", "order", "block", "groups", "by"),
    *("lag", "history", "normalize", "transform", "missing", "discrete", "continuous", "seed"),
    *("adjust", "method", "top", "holdout", "holdout-share", "budget", "budget-file"),
    *("resolve-top", "against", "target"),
)
NAMES = {**{f"--{name}": name.replace("-", "_") for name in SAME}, **ARGUMENTS}

FLAGS = ("sequential", "tail")
OF_ANY_VALUE = ("discrete", "continuous", "estimator")
OPTION = re.compile(r"(?<![\w-])(--?[a-z][a-z-]*)(?: ([\w.-]+))?")


def in_python(message: str) -> str:
    """Give a message with the options it names as arguments: ``--order time`` is order='time'."""
    return OPTION.sub(_argument, message)


def _argument(match: re.Match[str]) -> str:
    option, word = match.groups()
    if option not in NAMES:
        return match[0]
    name = NAMES[option]
    if word is not None and _is_value(name, word):
        return f"{name}={word}" if word[0].isdigit() else f"{name}={word!r}"
    return (f"{name}=True" if name in FLAGS else name) + ("" if word is None else f" {word}")


def _is_value(name: str, word: str) -> bool:
    """Whether a word behind an option is its value, and not how the sentence goes on."""
    if name in CHOICES:
        return word in CHOICES[name]
    return word[0].isdigit() or (name in OF_ANY_VALUE and word not in ("or", "and", "names"))


def door(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Check the arguments that are given, and let errors name arguments instead of options."""
    known = signature(function).parameters
    in_order = [n for n, p in known.items() if p.kind is Parameter.POSITIONAL_OR_KEYWORD]

    @wraps(function)
    def entered(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        for name, value in (*zip(in_order, args, strict=False), *kwargs.items()):
            if name in CHECKS and value is not known[name].default:
                CHECKS[name](name, value)
        try:
            return function(*args, **kwargs)
        except MitoolError as error:
            error.args = (in_python(str(error)),)
            raise

    return entered
