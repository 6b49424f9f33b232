"""Messages in other words: options as the arguments of Python, amounts in another unit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from mitool.choices import OF_ARGUMENTS, Unit
from mitool.result.notes import Note
from mitool.units import PER_NAT

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
    "--param": "params",
    "--transfer": "mitool.transfer",
    "--compare": "mitool.compare",
}
"""Options whose argument has another name; all others have their own, with _ for -."""

SAME = (
    *(
        "permutations",
        "test",
        "statistic",
        "sequential",
        "tail",
        "order",
        "block",
        "rows-for",
        "difference",
        "detrend",
        "groups",
        "by",
    ),
    *("lag", "history", "normalize", "transform", "missing", "discrete", "continuous", "seed"),
    *("adjust", "method", "top", "holdout", "holdout-share", "budget", "budget-file"),
    *("resolve-top", "against", "target", "format"),
    *("log-probs", "densities", "contexts", "samples", "positives", "tokens", "gaussian"),
    *("embeddings", "temperature", "fit", "clip", "bottleneck", "levels", "loss"),
    *("direction", "reduce"),
    *("logits", "truth", "axes", "alpha", "score", "split", "calibration", "delta", "prior"),
    *("window", "threshold", "final", "loss-unit", "tokens-per-step"),
    *("labels", "inputs", "pattern", "pool", "pool-epochs", "gap-bound", "noise", "weights"),
)
NAMES = {**{f"--{name}": name.replace("-", "_") for name in SAME}, **ARGUMENTS}

FLAGS = ("sequential", "tail", "log_probs", "logits", "truth", "gap_bound", "pool_epochs")
OF_ANY_VALUE = ("discrete", "continuous", "estimator")
OPTION = re.compile(r"(?<![\w-])(--?[a-z][a-z-]*)(?: ([\w.-]+))?")

AMOUNT = re.compile(
    r"(?<![\w.'-])(?P<number>-?(?P<digits>\d+(\.\d+)?)(e[+-]?\d+)?) (?P<unit>nats|bits)\b"
)
"""A number before its unit, as every sentence about information has it."""

ADVICE = {
    r"add --na \S+": "replace it by None or NaN",
    r"mark them as missing with --na": "replace them by None or NaN",
    r"a random subset with --sample N": "a random subset of the rows",
    r"the rows of either value as a file of its own": "either value's rows as a sample (second)",
    r"try --delimiter (\S+)": r"read the file with the separator \1",
    r"its header holds only numbers \((.*?)\): without a header use --no-header": r"it has \1",
}
"""What is advised of files, and what is to be done to data in memory instead."""


def in_python(message: str) -> str:
    """Give a message with the options it names as arguments: ``--order time`` is order='time'."""
    for of_files, in_memory in ADVICE.items():
        message = re.sub(of_files, in_memory, message)
    return OPTION.sub(_argument, message)


def in_unit(note: Note, unit: Unit) -> Note:
    """Give a note with every amount of information that it names in another unit."""
    return replace(note, message=amounts_in(note.message, unit))


def amounts_in(message: str, unit: Unit) -> str:
    """Give a message with every amount of information in another unit, to as many digits."""
    return AMOUNT.sub(lambda found: _amount(found, unit), message)


def _amount(found: re.Match[str], unit: Unit) -> str:
    present: Unit = "bits" if found["unit"] == "bits" else "nats"
    if present == unit:
        return found[0]
    n_digits = max(2, len(found["digits"].replace(".", "").lstrip("0")))
    return f"{float(found['number']) * PER_NAT[unit] / PER_NAT[present]:.{n_digits}g} {unit}"


def warnings_among(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Give the warnings among some notes, with arguments instead of options."""
    said = (note for note in notes if note.level == "warning")
    return tuple(replace(note, message=in_python(note.message)) for note in said)


def _argument(found: re.Match[str]) -> str:
    option, word = found.groups()
    if option not in NAMES:
        return found[0]
    name = NAMES[option]
    if word is not None and _is_value(name, word):
        return f"{name}={word}" if word[0].isdigit() else f"{name}={word!r}"
    return (f"{name}=True" if name in FLAGS else name) + ("" if word is None else f" {word}")


def _is_value(name: str, word: str) -> bool:
    """Whether a word behind an option is its value, and not how the sentence goes on."""
    if name in OF_ARGUMENTS:
        return word in OF_ARGUMENTS[name]
    return word[0].isdigit() or (name in OF_ANY_VALUE and word not in ("or", "and", "names"))
