"""What the README and the chapters in docs/ show: tables from the code, what examples print.

``make man`` has cog write the tables, and then this module the output of every example.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import fill

from mitool.cli.docs.chapter import INTRODUCTION, RECIPES
from mitool.cli.docs.manpage import EXIT_STATUS
from mitool.estimators import BUILTIN
from mitool.estimators.auto import RULES
from mitool.estimators.catalogue import entry
from mitool.estimators.learned.network import load
from mitool.estimators.learned.statistics import NAMES
from mitool.result.codes import CODES
from mitool.tables.formats import FORMATS

PEERS = ("scikit-learn", "ennemi", "npeet-plus")
SUITES = {
    "continuous-24": "24 families of continuous pairs",
    "discrete-36": "36 tables of labels",
}


def estimators() -> str:
    """Give the table of the built-in estimators."""
    entries = [entry(name) for name in sorted(BUILTIN)]
    rows = [
        (f"`{e.name}`", e.summary, e.accepts, ", ".join(e.abilities), f"`{e.estimand}`")
        for e in entries
    ]
    return _table(("name", "what it is", "takes", "can also do", "number"), rows)


def formats() -> str:
    """Give the table of the formats of files that can be read."""
    rows = [
        (form.title, " ".join(f"`{suffix}`" for suffix in form.suffixes), f"`{form.name}`")
        for form in FORMATS.values()
    ]
    return _table(("format", "suffixes", "`--input-format`"), rows)


def auto() -> str:
    """Give the rules that ``auto`` goes by."""
    return _table(("columns", "estimator"), ((r.when, f"`{r.estimator}`") for r in RULES))


def exit_status() -> str:
    """Give what a run may leave with."""
    return _table(("status", "meaning"), EXIT_STATUS.items())


def codes() -> str:
    """Give what a report may warn of, and what follows for the number beside it."""
    rows = ((f"`{name}`", c.level, c.gravity, c.shown) for name, c in CODES.items())
    return _table(("code", "level", "gravity", "message"), rows)


def accuracy() -> str:
    """Give the error of ``auto`` and of the best other program, from the study of accuracy."""
    text, rows = Path("studies/accuracy.md").read_text(), []
    for suite, what in SUITES.items():
        section = text.partition(f"## {suite}\n")[2].partition("\n## ")[0]
        head, _, *lines = re.findall(r"^\| (.*) \|$", section, re.M)
        sizes = [cell for cell in head.split(" | ") if cell.startswith("n = ")]
        errors = {name: cells for name, *cells in (line.split(" | ") for line in lines)}
        for at, size in enumerate(sizes):
            mine, *others = (float(errors[name][at].split()[0]) for name in ("auto", *PEERS))
            rows.append((f"{what}, {size}", f"{mine:.3f}", f"{min(others):.3f}"))
    return _table(("samples", "`auto`", "best of " + ", ".join(PEERS)), rows)


def card() -> str:
    """Give what the learned estimator was taught, and how far off the study found it to be."""
    weights = load(NAMES)
    section = Path("studies/mist.md").read_text().partition("## Card\n")[2].partition("\n## ")[0]
    families = ", ".join(weights.families)
    what = fill(f"The {len(weights.families)} families it learned from: {families}.", 100)
    return f"{section.strip()}\n\n{what}\n"


def cluster() -> str:
    """Give the chapter on clusters."""
    recipes = (f"**{r.title}.** {r.words}\n\n```sh\n{r.script}\n```\n" for r in RECIPES)
    return f"{INTRODUCTION}\n\n" + "\n".join(recipes)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '¦') for cell in line)} |\n" for line in lines)


def examples(text: str) -> list[tuple[str, str]]:
    """Find every ``$ command`` in the console blocks, with what stands below it."""
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    parts = [part for block in blocks for part in re.split(r"^\$ ", block, flags=re.M)[1:]]
    return [(command, part[len(command) :]) for part in parts for command in _COMMAND.findall(part)]


def with_outputs(text: str, run: Callable[[str], str]) -> str:
    """Put below each command what it prints."""
    for command, printed in examples(text):
        text = text.replace(f"$ {command}{printed}", f"$ {command}{run(command).rstrip()}\n", 1)
    return text


_COMMAND = re.compile(r"\A(?:.*\\\n)*.*\n")


def _in_shell(command: str) -> str:
    """Run a command beside the sample data, in a folder that takes the files it writes."""
    with TemporaryDirectory() as folder:
        Path(folder, "sample_data").symlink_to(Path("sample_data").resolve())
        done = subprocess.run(
            ["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=True
        )
        return done.stdout


def documents(folder: Path) -> list[Path]:
    """Give the README and its chapters, in a folder that holds a checkout."""
    return [folder / "README.md", *sorted((folder / "docs").glob("*.md"))]


if __name__ == "__main__":
    for document in documents(Path()):
        document.write_text(with_outputs(document.read_text(), _in_shell))
