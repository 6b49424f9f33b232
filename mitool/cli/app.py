"""The command tree and ``main``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from mitool.cli.groups import Command, as_typer_command
from mitool.cli.lines import complain, foreign_warnings_dropped
from mitool.cli.outcome import status_of
from mitool.errors import ExitStatus, UsageError
from mitool.limits import ask_for_one_blas_thread
from mitool.version import __version__

COMMANDS = {
    "estimate": "Estimate the mutual information of columns, or of two array files.",
    "matrix": "Estimate the mutual information of all pairs of columns.",
    "merge": "Join the parts that matrix, screen or benchmark wrote with --shard.",
    "diagnose": "Check an estimate from every side, and say in words whether to trust it.",
    "screen": "Rank columns by their mutual information with a target.",
    "entropy": "Estimate the entropy of columns of labels, or the differential entropy of numbers.",
    "bounds": "Bound mutual information by the scores that a model gave to pairs.",
    "predictions": "Bound mutual information by the class probabilities of a model, or split an "
    "ensemble's.",
    "epiplexity": "Split a learning curve into what a model took in and what it could not.",
    "coupling": "Bound what marginals could share, or map their levels to fewer.",
    "simulate": "Draw samples of distributions with exactly known mutual information.",
    "benchmark": "Measure bias, spread, error and time of estimators on known distributions.",
    "estimators": "List the estimators, or describe one: kinds, parameters, cost and citation.",
    "env": "Print versions and machine, for a bug report.",
    "completion": "Print the completion script of a shell.",
}
"""Each command is the function of its name in ``mitool/cli/commands/``. Its docstring begins with
the sentence here, so that ``mitool --help`` need not import them all."""

COMPLETION = "_MITOOL_COMPLETE"

STYLE: dict[str, Any] = {
    "add_completion": False,
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["-h", "--help"], "max_content_width": 100},
}


class Commands(TyperGroup):
    """The commands of ``COMMANDS``, each imported when it is used."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Give the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the module of a command and build it."""
        if cmd_name not in COMMANDS:
            near = get_close_matches(cmd_name, COMMANDS, 1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            raise UsageError(f"no command {cmd_name!r}; {hint}there are: {', '.join(COMMANDS)}")
        single = typer.Typer(**STYLE)
        single.command(cmd_name)(as_typer_command(_function(cmd_name)))
        return typer.main.get_command(single)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands without importing them, which would take 0.05 s."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _function(name: str) -> Command:
    """Import the function of a command."""
    function: Command = getattr(import_module(f"mitool.cli.commands.{name}"), name)
    return function


app = typer.Typer(name="mitool", cls=Commands, **STYLE)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mitool {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Version.")
    ] = False,
) -> None:
    """Mutual information of the columns of a file."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    ask_for_one_blas_thread()  # before numpy is imported
    with foreign_warnings_dropped():
        return status_of(lambda: _run(words or ["--help"]))


def _run(words: list[str]) -> int:
    command: Any = typer.main.get_command(app)
    if COMPLETION in os.environ:  # the shell asks what may follow
        from typer.completion import completion_init  # type: ignore[attr-defined]

        completion_init()
        with suppress(SystemExit):
            command.main(args=words, prog_name="mitool")
        return ExitStatus.OK
    try:
        with command.make_context("mitool", words, obj=words) as context:
            return command.invoke(context) or ExitStatus.OK
    except typer.Exit as request:
        return request.exit_code
    except typer.TyperException as error:
        return complain(_usage(error), error.exit_code)


NUMBERS = {
    "int range": "a whole number",
    "int": "a whole number",
    "float range": "a number",
    "float": "a number",
}
"""What Typer calls the types of options, and what users call them."""


def _usage(error: typer.TyperException) -> str:
    """Put Typer's message into the style of ours: one line, lower case, no full stop."""
    message = " ".join(error.format_message().split()).rstrip(".")
    for kind, word in NUMBERS.items():
        message = message.replace(f"is not a valid {kind}", f"is not {word}")
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "mitool"
    return f"{message[:1].lower()}{message[1:]}; see {path} --help"
