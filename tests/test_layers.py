"""Imports point down: a module imports only from its own layer or from those below."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "mitool"

LAYERS = (
    {"errors", "units", "limits", "once", "seeds"},
    {"tables", "selection"},
    {"variables", "kinds", "result", "parallel"},
    {"transforms", "lags", "sizes"},
    {"kernels"},
    {"estimators"},
    {"inference"},
    {"curves", "diagnostics", "normalization"},
    {"method", "description", "measurement", "entropies"},
    {"uncertainty"},
    {"sweeps", "diagnosis", "report", "plots"},
    {"api", "pointwise", "sklearn", "tasks", "screening", "comparison", "streaming"},
    {"simulate", "testing"},
    {"cli"},
)
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
DOORS = {PACKAGE / "__init__.py", PACKAGE / "__main__.py"}
MODULES = sorted(set(PACKAGE.rglob("*.py")) - DOORS)


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Every mitool module that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.startswith("mitool.")}


def test_every_room_has_its_layer() -> None:
    assert {room(path) for path in MODULES} == RANK.keys()


def test_contributors_are_shown_the_same_layers() -> None:
    text = (PACKAGE.parent / "CONTRIBUTING.md").read_text()
    cells = re.findall(r"^\| (`.*?) \|", text, re.M)
    assert [set(re.findall(r"`(\w+)/?`", cell)) for cell in cells] == list(LAYERS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    for name in imported(path):
        other = name.split(".")[1]
        if other in RANK:  # else a name of mitool itself, such as __version__
            assert RANK[other] <= RANK[room(path)], f"{path.name} imports {name}"


FRAMES = (
    "__init__",
    "base",
    "batches",
    "parameters",
    "counted",
    "corrected",
    "labels",
    "diffusion",
    "strata",
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
