"""Imports point down: from a module's own layer or from those below, and in no circle."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "mitool"

LAYERS = (
    {"choices", "errors", "limits", "moved", "once", "printable", "seeds", "units", "version"},
    {"result"},
    {"tables"},
    {"variables", "parallel"},
    {"kernels"},
    {"estimators"},
    {"inference"},
    {"diagnostics", "report"},
    {"measure", "models"},
    {"uncertainty"},
    {"diagnosis"},
    {"plots"},
    {"pages"},
    {"api", "sklearn", "tasks", "screening", "streaming", "networks"},
    {"simulate", "testing"},
    {"cli"},
)
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
DOORS = {PACKAGE / "__init__.py", PACKAGE / "__main__.py"}
MODULES = sorted(set(PACKAGE.rglob("*.py")) - DOORS)


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Every mitool module, or name of one, that a file imports, for its types too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.split(".")[0] == "mitool"}


def dotted(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def import_graph() -> dict[str, set[str]]:
    """Which files each file imports, by their dotted names: a package is its ``__init__``."""
    files = {dotted(path): path for path in PACKAGE.rglob("*.py")}
    return {name: imported(path) & files.keys() - {name} for name, path in files.items()}


def circles(graph: dict[str, set[str]]) -> set[frozenset[str]]:
    """The groups of nodes that can all be reached from one another."""
    reached = {node: everything_from(node, graph) for node in graph}
    return {
        frozenset(other for other in reached[node] if node in reached[other])
        for node in graph
        if node in reached[node]
    }


def everything_from(start: str, graph: dict[str, set[str]]) -> set[str]:
    """All nodes at the end of a path from here: this one too, if it lies on a circle."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        new = graph[waiting.pop()] - seen
        seen |= new
        waiting += new
    return seen


def test_every_room_has_its_layer() -> None:
    assert {room(path) for path in MODULES} == RANK.keys()


def test_contributors_are_shown_the_same_layers() -> None:
    text = (PACKAGE.parent / "CONTRIBUTING.md").read_text()
    table = text.split("\n## ")[1].split("\n### ")[0]
    cells = re.findall(r"^\| (`.*?) \|", table, re.M)
    assert [set(re.findall(r"`(\w+)/?`", cell)) for cell in cells] == list(LAYERS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    for name in imported(path):
        assert name != "mitool", f"{path.name} imports from the door of the package, which needs it"
        other = name.split(".")[1]
        assert RANK[other] <= RANK[room(path)], f"{path.name} imports {name}"


def test_circles_are_seen() -> None:
    graph = {"a": {"b"}, "b": {"c", "d"}, "c": {"a"}, "d": {"e"}, "e": {"d"}, "f": {"a"}}
    assert circles(graph) == {frozenset("abc"), frozenset("de")}


def test_no_files_import_one_another_in_a_circle() -> None:
    assert circles(import_graph()) == set()


FRAMES = (
    *("__init__", "base", "streamed", "canonical", "corrected", "counted", "densities"),
    *("diffusion", "labelled", "learners", "orders", "own_intervals", "parameters", "partition"),
    *("rescored", "scales", "strata", "subsets"),
)

FAMILIES = sorted(path for path in (PACKAGE / "estimators").glob("*.py") if path.stem not in FRAMES)


@pytest.mark.parametrize("path", FAMILIES, ids=lambda path: path.stem)
def test_estimators_do_not_import_one_another(path: Path) -> None:
    others = {f"mitool.estimators.{other.stem}" for other in FAMILIES if other != path}
    assert not {".".join(name.split(".")[:3]) for name in imported(path)} & others


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_command_line_knows_the_terminal(path: Path) -> None:
    text = path.read_text()
    if room(path) != "cli":
        assert "import typer" not in text
        assert "print(" not in text


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_is_computed_once_holds_no_lock(path: Path) -> None:
    names = {
        node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)
    }
    assert "cached_property" not in names, "threads may wait for each other: use mitool.once"


def literals(path: Path) -> list[tuple[str, ...]]:
    """Give the strings of each list of choices that a file declares."""
    lists = [
        ast.walk(node.slice)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Literal"
    ]
    return [
        tuple(part.value for part in parts if isinstance(part, ast.Constant)) for parts in lists
    ]


CHOICES = PACKAGE / "choices.py"


def test_choices_load_nothing() -> None:
    modules = [
        node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(ast.parse(CHOICES.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert set(modules) == {"__future__", "typing"}


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if path != CHOICES],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_choices_are_listed_once(path: Path) -> None:
    declared = literals(path)
    assert not {frozenset(names) for names in declared} & set(map(frozenset, literals(CHOICES)))
    assert room(path) != "cli" or not declared, "options take their choices from mitool.choices"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_exit_statuses_bear_their_names(path: Path) -> None:
    given = [
        word.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        for word in node.keywords
        if word.arg == "exit_status"
    ]
    assert not [value for value in given if isinstance(value, ast.Constant)]
