"""The manual, written from the command tree: ``python -m mitool.cli.docs.manpage [FOLDER]``.

Every word comes from help texts, docstrings and the ``EXAMPLES`` of each command's module, so a
page cannot say what the program does not do. Pages carry no date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from typer.main import get_command

from mitool.cli.app import COMMANDS, app
from mitool.cli.docs.chapter import INTRODUCTION, RECIPES
from mitool.cli.docs.mdoc import folded, listed, literal, plain, prose
from mitool.errors import ExitStatus
from mitool.result.codes import CODES

FOLDER = Path(__file__).parents[3] / "man" / "man1"

EXIT_STATUS = {
    f"{ExitStatus.OK}": "Done, also where no dependence is found.",
    f"{ExitStatus.BROKEN}": "A fault of mitool, a full disk, or no scheduler.",
    f"{ExitStatus.USAGE}": "Wrong usage.",
    f"{ExitStatus.DATA}": "The input cannot be used: file, column, kind of values, too few rows.",
    f"{ExitStatus.PARTLY_FAILED}": "Some results failed; the report holds the others and says why.",
    f"{ExitStatus.MISSING_EXTRA}": "An optional package is missing; the message names it.",
    f"{ExitStatus.STOPPED}": "Stopped early with a complete checkpoint: run it again.",
    "129, 130, 141, 143": "Ended by SIGHUP, SIGINT, SIGPIPE or SIGTERM; no file is left half done.",
}

GRAVITIES = (
    "Each warning and note of a report has one of these codes. Of the plain ones nothing follows. "
    "A doubtful one makes an interval unreliable, and diagnose says caution; a severe one says "
    "besides that the number itself is wrong, and diagnose says do not report. Words in capitals "
    "stand for what was found."
)

ENVIRONMENT = {
    "MITOOL_UNITS": "Unit where --units is not given: nats or bits.",
    "MITOOL_FORMAT": "Format where neither --format nor the suffix of the output says it.",
    "MITOOL_THREADS": "Number of threads where --threads is not given.",
    "MITOOL_CACHE_DIR": "Folder for compiled loops; it must be writable by nobody else.",
    "MITOOL_DEBUG": "1 prints the traceback of a fault, and the warnings of libraries.",
}

REFERENCES = (
    "A. Kraskov, H. Stögbauer and P. Grassberger, Estimating mutual information, "
    "Physical Review E 69, 066138, 2004.",
    "B. C. Ross, Mutual information between discrete and continuous data sets, "
    "PLoS ONE 9, e87357, 2014.",
    "R. A. A. Ince et al., A statistical framework for neuroimaging data analysis based on mutual "
    "information estimated via a Gaussian copula, Human Brain Mapping 38, 1541-1573, 2017.",
    "I. Nemenman, F. Shafee and W. Bialek, Entropy and inference, revisited, "
    "Advances in Neural Information Processing Systems 14, 471-478, 2002.",
    "L. Paninski, Estimation of entropy and mutual information, "
    "Neural Computation 15, 1191-1253, 2003.",
)


def pages() -> Iterator[tuple[str, str]]:
    """Yield the name and the text of every page."""
    root: Any = get_command(app)
    context = root.make_context("mitool", ["env"], resilient_parsing=True)
    commands = {name: root.get_command(context, name) for name in COMMANDS}
    yield "mitool.1", "\n".join(_overview(root, commands, context)) + "\n"
    for name, command in commands.items():
        yield f"mitool-{name}.1", "\n".join(_page(name, command, context)) + "\n"
    yield "mitool-cluster.1", "\n".join(_chapter()) + "\n"


def _overview(root: Any, commands: dict[str, Any], context: Any) -> Iterator[str]:
    yield from _head("mitool", root.help)
    yield from (".Nm mitool", ".Ar command", ".Op Ar options")
    yield from (".Sh DESCRIPTION", *prose(root.help), ".Sh COMMANDS")
    items = [(f".It Nm mitool {plain(name)}", _summary(c.help)) for name, c in commands.items()]
    yield from listed(items)
    codes = [(f".It Li {name}", f"({c.gravity}) {c.shown}") for name, c in CODES.items()]
    yield from _settings()
    yield from (".Sh DIAGNOSTICS", *prose(GRAVITIES), *listed(codes))
    yield from _references([f"mitool-{name}" for name in sorted(commands)])


def _page(name: str, command: Any, context: Any) -> Iterator[str]:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option"]
    yield from _head(f"mitool-{name}", command.help)
    yield f".Nm mitool {plain(name)}"
    yield from [".Op Ar options"] * bool(options)
    yield from (f".Ar {plain(p.metavar or p.name)}" for p in arguments)
    yield from (".Sh DESCRIPTION", *prose(command.help))
    if arguments:
        yield from (".Sh ARGUMENTS", *listed([_record(p, context) for p in arguments]))
    if options:
        yield from (".Sh OPTIONS", *listed([_record(p, context) for p in options]))
    module = import_module(f"mitool.cli.commands.{name}")
    if chapter := getattr(module, "chapter", None):
        yield from (
            f".Sh {name.upper()}",
            *listed([(f".It {plain(n)}", text) for n, text in chapter()]),
        )
    examples = getattr(module, "EXAMPLES", ())
    others = [f"mitool-{other}" for other in sorted(COMMANDS) if other != name]
    yield from (*_settings(), *_shown(examples), *_references(["mitool", *others]))


def _chapter() -> Iterator[str]:
    yield from _head("mitool-cluster", "Batch jobs, shards, checkpoints and clusters")
    yield from (".Nm mitool matrix", ".Op Ar options", ".Sh DESCRIPTION", *prose(INTRODUCTION))
    for recipe in RECIPES:
        yield from (f".Ss {plain(recipe.title)}", *prose(recipe.words))
        yield from literal(recipe.script)
    yield from (".Sh SEE ALSO", ".Xr mitool-matrix 1 ,", ".Xr mitool-merge 1")


def _head(title: str, text: str) -> tuple[str, ...]:
    return (
        ".Dd $Mdocdate$",
        f".Dt {title.upper()} 1",
        ".Os",
        ".Sh NAME",
        f".Nm {title}",
        f".Nd {plain(_summary(text)[:1].lower() + _summary(text)[1:])}",
        ".Sh SYNOPSIS",
    )


def _settings() -> Iterator[str]:
    yield from (".Sh ENVIRONMENT", *listed([(f".It Ev {k}", v) for k, v in ENVIRONMENT.items()]))
    status = [(f".It {code}", meaning) for code, meaning in EXIT_STATUS.items()]
    yield from (".Sh EXIT STATUS", *listed(status))


def _shown(examples: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield from [".Sh EXAMPLES"] * bool(examples)
    for number, (words, line) in enumerate(examples):
        yield from ([".Pp"] * bool(number))
        yield from (*prose(words), *literal(folded(line)))


def _references(others: Sequence[str]) -> Iterator[str]:
    yield ".Sh SEE ALSO"
    yield from (f".Xr {name} 1{' ,' * (name != others[-1])}" for name in others)
    for reference in REFERENCES:
        yield from (".Pp", *prose(reference))


def _record(parameter: Any, context: Any) -> tuple[str, str]:
    """Give the heading of an option or argument, and what --help says of it."""
    head, text = parameter.get_help_record(context)
    if parameter.param_type_name == "argument":
        return f".It Ar {plain(head)}", text
    value = head.removeprefix(", ".join(parameter.opts)).strip()
    names = " , ".join(f"Fl {plain(flag[1:])}" for flag in parameter.opts)
    return f".It {names}{f' Ar {plain(value)}' if value else ''}", text


def _summary(text: str) -> str:
    return " ".join(text.strip().split("\n\n")[0].split()).rstrip(".")


def main(folder: Path = FOLDER) -> None:
    """Write all pages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages():
        (folder / name).write_text(text)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
