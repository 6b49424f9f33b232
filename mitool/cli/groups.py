"""Groups of options: a command takes one dataclass where it would repeat a dozen parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import wraps
from typing import Any, get_type_hints

from mitool.cli.named_files import check_files, named_files
from mitool.errors import UsageError

LARGEST = 2**31 - 1
LARGEST_SEED = 2**64 - 1

Command = Callable[..., int | None]


def as_typer_command(command: Command) -> Command:
    """Give the command with one keyword for each field of the dataclasses it takes.

    Before it begins, the files that its options name are told apart; those that it writes take
    their places when it has ended.
    """
    signature = inspect.signature(command, eval_str=True)
    taken = signature.parameters.values()
    groups: dict[str, Any] = {p.name: p.annotation for p in taken if is_dataclass(p.annotation)}

    parameters = [
        keyword
        for p in taken
        for keyword in (_fields(p.annotation) if p.name in groups else [_as_keyword(p)])
    ]

    @wraps(command)
    def flat(**values: Any) -> int | None:
        return _run(command, groups, parameters, values)

    flat.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return flat


def _run(
    command: Command,
    groups: Mapping[str, Any],
    parameters: Sequence[inspect.Parameter],
    values: dict[str, Any],
) -> int | None:
    """Call a command with its options in groups; the files it writes take their places together."""
    from mitool.report.atomic import together

    _refuse_huge(values)
    files = named_files(parameters, values)
    grouped = {
        name: group(**{field.name: values.pop(field.name) for field in fields(group)})
        for name, group in groups.items()
    }
    check_files(files)
    with together():
        return command(**values, **grouped)


def _refuse_huge(values: Mapping[str, Any]) -> None:
    """Refuse whole numbers that no loop ends at and no type of arrays holds."""
    for name, value in values.items():
        most = LARGEST_SEED if name == "seed" else LARGEST
        if isinstance(value, int) and abs(value) > most:
            raise UsageError(f"--{name.replace('_', '-')} takes at most {most}, got {value:.3g}")


def _as_keyword(parameter: inspect.Parameter) -> inspect.Parameter:
    return parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)


def _fields(group: Any) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=_default(field),
            annotation=hints[field.name],
        )
        for field in fields(group)
    ]


def _default(field: Field[Any]) -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return inspect.Parameter.empty if field.default is MISSING else field.default
