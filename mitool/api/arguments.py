"""What an argument of a public function may be: refused at the door, in one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from numbers import Integral, Real
from os import PathLike
from typing import Any

from mitool.choices import OF_ARGUMENTS
from mitool.errors import UsageError

Check = Callable[[str, Any], None]
SHOWN = 40  # characters of a value in a message


def shown(value: object) -> str:
    """Give a value as a message shows it: short, and on one line."""
    text = " ".join(repr(value).split())
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({type(value).__name__})"


def _refuse(name: str, what: str, value: object) -> UsageError:
    return UsageError(f"{name} must be {what}, got {shown(value)}")


def present(name: str, value: Any) -> None:
    """Refuse what is not there."""
    if value is None:
        raise _refuse(name, "data", value)


def one_of(names: tuple[str, ...]) -> Check:
    """Refuse what is not among some choices."""

    def check(name: str, value: Any) -> None:
        if not (isinstance(value, str) and value in names):
            raise _refuse(name, f"one of {', '.join(names)}", value)

    return check


def whole(name: str, value: Any, least: int | None = None) -> None:
    """Refuse what is not a whole number, or too small."""
    is_whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not is_whole or (least is not None and value < least):
        bound = "" if least is None else f" of at least {least}"
        raise _refuse(name, f"a whole number{bound}", value)


def number(name: str, value: Any) -> None:
    """Refuse what is not a number."""
    if not isinstance(value, Real) or isinstance(value, bool):
        raise _refuse(name, "a number", value)


def flag(name: str, value: Any) -> None:
    """Refuse what is neither true nor false."""
    if type(value).__name__ not in ("bool", "bool_"):
        raise _refuse(name, "True or False", value)


def text(name: str, value: Any) -> None:
    """Refuse what is not a text."""
    if not isinstance(value, str):
        raise _refuse(name, "a name", value)


def mapping(name: str, value: Any) -> None:
    """Refuse what does not map names to values."""
    if not (isinstance(value, Mapping) and all(isinstance(key, str) for key in value)):
        raise _refuse(name, "a mapping of names to values", value)


def path(name: str, value: Any) -> None:
    """Refuse what does not name a file."""
    if not isinstance(value, str | PathLike):
        raise _refuse(name, "the path of a file", value)


def threads(name: str, value: Any) -> None:
    """Refuse what is no number of threads."""
    if isinstance(value, str):
        fits = value == "auto"
    else:
        fits = isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= 1
    if not fits:
        raise _refuse(name, 'a number of threads from 1, or "auto"', value)


def lengths(name: str, value: Any) -> None:
    """Refuse what is not two lengths."""
    two = isinstance(value, tuple | list) and len(value) == 2
    if not two or not all(isinstance(part, Integral) and int(part) >= 1 for part in value):
        raise _refuse(name, "two whole numbers of at least 1", value)


COUNT = partial(whole, least=1)

CHECKS: dict[str, Check] = {
    **{name: one_of(allowed) for name, allowed in OF_ARGUMENTS.items()},
    "x": present,
    "y": present,
    "data": present,
    "target": present,
    "estimator": text,
    "params": mapping,
    "normalize": text,  # the library knows its forms
    "seed": partial(whole, least=0),
    "lag": whole,
    "history": lengths,
    "interval": number,
    "n_resamples": partial(whole, least=2),
    "permutations": COUNT,
    "sequential": flag,
    "tail": flag,
    "block": COUNT,
    "rows_for": number,
    "difference": flag,
    "detrend": COUNT,
    "top": COUNT,
    "prescreen": COUNT,
    "holdout_share": number,
    "budget_file": path,
    "path": path,
    "budget": COUNT,
    "resolve_top": COUNT,
    "log_probs": flag,
    "samples": COUNT,
    "temperature": number,
    "clip": number,
    "bottleneck": number,
    "levels": COUNT,
    "loss": number,
    "probs": present,
    "losses": present,
    "logits": flag,
    "truth": flag,
    "as_tokens": flag,
    "axes": text,
    "window": COUNT,
    "threshold": number,
    "alpha": number,
    "delta": number,
    "calibration": text,
    "loss_unit": one_of(OF_ARGUMENTS["unit"]),
    "tokens_per_step": number,
    "n_jobs": threads,
    "pattern": text,
    "reduce": text,
    "pool_epochs": flag,
    "spectra": flag,
    "gap_bound": flag,
    "noise": number,
    "progress": flag,
}
"""What is asked of each argument, by its name: one name means one thing in all functions."""
