"""The house stays readable: short files and functions, few loose modules, no name twice."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement

PACKAGE = Path(__file__).parent.parent / "mitool"
FILES = sorted(PACKAGE.rglob("*.py"))
DOORS = ("__init__", "__main__")

MOST_LINES = 200
MOST_LINES_OF_A_FUNCTION = 25
MOST_LINES_OF_A_KERNEL = 40
MOST_LOOSE_MODULES = 12

NAMED_TWICE = {
    "base",  # of estimators, of distributions
    "gaussian",  # the estimator and the distributions
    "report",  # the room and what it opens
    "uncertainty",  # the room and what is asked of it
}
"""Files and rooms that share a name, each with the reason."""

NAMED_AFTER_A_THING = ("api", "cli/commands", "cli/options")
"""Rooms whose files bear the name of a verb, or of what they let a user choose."""


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many lines the body takes, from its first statement after the docstring to its end."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def is_kernel(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(ast.unparse(decorator) == "kernel" for decorator in function.decorator_list)


def too_long(name: str, text: str) -> Iterator[str]:
    """The name of the file, and of each function in it, that is over its limit."""
    if len(text.splitlines()) > MOST_LINES:
        yield name
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            most = MOST_LINES_OF_A_KERNEL if is_kernel(node) else MOST_LINES_OF_A_FUNCTION
            if body_lines(node) > most:
                yield f"{name} {node.name}"


def exceptions() -> list[str]:
    """What the table in CONTRIBUTING lets be longer: a file, or a file and a function of it."""
    text = (PACKAGE.parent / "CONTRIBUTING.md").read_text()
    [table] = re.findall(r"^### Longer than that$(.*?)^##", text, re.M | re.S)
    return [
        " ".join(re.findall(r"`(.*?)`", cell)) for cell in re.findall(r"^\| (`.*?) \|", table, re.M)
    ]


def function_of(n_lines: int, head: str = "") -> str:
    return f"{head}def f():\n" + '    """Say.\n\n    More.\n    """\n' + "    x = 1\n" * n_lines


def test_lines_are_counted_without_the_docstring() -> None:
    assert list(too_long("a.py", function_of(25))) == []
    assert list(too_long("a.py", function_of(26))) == ["a.py f"]
    assert list(too_long("a.py", function_of(40, "@kernel\n"))) == []
    assert list(too_long("a.py", function_of(41, "@kernel\n"))) == ["a.py f"]
    assert list(too_long("a.py", "x = 1\n" * 200)) == []
    assert list(too_long("a.py", "x = 1\n" * 201)) == ["a.py"]


def test_only_what_contributors_are_told_of_is_over_the_limits() -> None:
    found = {
        long
        for path in FILES
        for long in too_long(path.relative_to(PACKAGE).as_posix(), path.read_text())
    }
    named = exceptions()
    assert len(named) == len(set(named))
    assert found - set(named) == set(), "over the limits"
    assert set(named) - found == set(), "within the limits: leave them out of CONTRIBUTING"


def test_every_file_that_contributors_are_shown_is_there() -> None:
    text = (PACKAGE.parent / "CONTRIBUTING.md").read_text()
    shown = re.findall(r"`((?:mitool|tests)/[\w/.]+)`", text)
    assert len(shown) > 10
    assert [path for path in shown if not (PACKAGE.parent / path).exists()] == []


def test_few_modules_lie_outside_of_all_rooms() -> None:
    loose = [path.stem for path in PACKAGE.glob("*.py") if path.stem not in DOORS]
    assert len(loose) <= MOST_LOOSE_MODULES, loose


def test_no_two_files_or_rooms_share_a_name() -> None:
    """A reader who is told a name should find one file; packages go by the name of the folder."""
    places = defaultdict(list)
    for path in FILES:
        if path.parent.relative_to(PACKAGE).as_posix() in NAMED_AFTER_A_THING:
            continue
        if path.stem not in DOORS:
            places[path.stem].append(path)
        elif path.stem == "__init__":
            places[path.parent.name].append(path.parent)
    shared = {name: found for name, found in places.items() if len(found) > 1}
    assert shared.keys() - NAMED_TWICE == set(), shared
    assert NAMED_TWICE - shared.keys() == set(), "one file alone: leave it out of NAMED_TWICE"


def declared() -> Iterator[Requirement]:
    """What mitool needs, its extras included."""
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text())["project"]
    for needed in (project["dependencies"], *project["optional-dependencies"].values()):
        yield from map(Requirement, needed)


def test_the_lowest_versions_that_are_tested_are_the_declared_ones() -> None:
    lowest = (PACKAGE.parent / "tests" / "lowest.txt").read_text().splitlines()
    pinned = {line for line in lowest if "==" in line}
    bounds = {
        f"{needed.name}=={bound.version}"
        for needed in declared()
        for bound in needed.specifier
        if bound.operator == ">="
    }
    assert pinned == bounds
