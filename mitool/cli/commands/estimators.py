"""``mitool estimators``: what there is, and what each estimator is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from textwrap import fill, indent
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mitool.cli.lines import say
from mitool.cli.options import Json
from mitool.errors import MitoolError

if TYPE_CHECKING:
    from mitool.estimators.catalogue import Entry

EXAMPLES = (
    ("List all estimators.", "mitool estimators"),
    ("Show parameters, cost and citation of one.", "mitool estimators ksg"),
    ("Show what auto chooses, and when.", "mitool estimators auto"),
)

Name = Annotated[
    str | None,
    typer.Argument(metavar="[NAME]", show_default=False, help="Estimator to describe in full."),
]


def estimators(name: Name = None, as_json: Json = False) -> None:
    """List the estimators, or describe one: kinds, parameters, cost and citation.

    Estimators of other installed packages are listed too.
    """
    from mitool.estimators import catalogue

    if name == "auto":
        typer.echo(_rules(as_json))
        return
    entries = [catalogue.entry(name)] if name else list(catalogue.entries(_tell))
    if as_json:
        records: Any = [asdict(entry) for entry in entries]
        typer.echo(json.dumps(records[0] if name else records, indent=2, ensure_ascii=False))
    else:
        typer.echo(_description(entries[0]) if name else _listing(entries))


def chapter() -> Iterator[tuple[str, str]]:
    """Give the name of each estimator of mitool's own, and what the manual says of it."""
    from mitool.estimators import BUILTIN
    from mitool.estimators.catalogue import entry

    for listed in map(entry, BUILTIN):
        yield listed.name, f"{listed.summary}\n\n{listed.details}".replace("`", "").strip()


def _tell(error: MitoolError) -> None:
    say("warning", str(error))


def _rules(as_json: bool) -> str:
    """Show the table that ``auto`` goes by, from its first rule down."""
    from mitool.estimators.auto import RULES

    rules = [
        {"when": r.when, "estimator": r.estimator, "params": dict(r.params), "because": r.because}
        for r in RULES
    ]
    if as_json:
        return json.dumps(rules, indent=2, ensure_ascii=False)
    lines = [f"{rule['estimator']:<15}{rule['when']}" for rule in rules]
    return "\n".join(["auto takes the first that fits:", "", *lines])


def _listing(entries: list[Entry]) -> str:
    width = max(len(entry.name) for entry in entries)
    blocks = []
    for entry in entries:
        abilities = "; ".join([entry.accepts, *entry.abilities])
        text = fill(f"{entry.summary} [{abilities}]", 96 - width)
        blocks.append(entry.name.ljust(width + 2) + indent(text, " " * (width + 2)).lstrip())
    return "\n".join(blocks)


def _description(entry: Entry) -> str:
    facts = {
        "takes": entry.accepts,
        "given": ", ".join(entry.accepts_given),
        "can do": ", ".join(entry.abilities),
        "estimates": entry.estimand,
        "transform": entry.transform,
        "intervals": ", ".join(entry.intervals),
        "cost": entry.cost,
        "reference": entry.reference,
    }
    lines = [f"{entry.name}: {entry.summary}", ""]
    for paragraph in filter(None, entry.details.split("\n\n")):
        lines += [fill(paragraph, 96, break_on_hyphens=False), ""]
    lines += [f"{name:<11}{value}" for name, value in facts.items() if value]
    if entry.parameters:
        lines += ["", "parameters (-p KEY=VALUE)"]
    for parameter in entry.parameters:
        lines += [f"  {parameter.name}={parameter.default}  ({parameter.type})"]
        lines += [f"      {parameter.help}"] if parameter.help else []
    return "\n".join([*lines, *(["", entry.bibtex] if entry.bibtex else [])])
