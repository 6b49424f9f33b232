"""The manual and the README are what the program says and does."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from mitool.cli.app import COMMANDS
from mitool.cli.docs import gallery, manpage, mdoc, readme
from mitool.errors import ExitStatus
from mitool.version import __version__

ROOT = Path(__file__).parent.parent
EXAMPLES = [
    line
    for name in COMMANDS
    for _, line in getattr(import_module(f"mitool.cli.commands.{name}"), "EXAMPLES", ())
]
README = (ROOT / "README.md").read_text()
DOCUMENTS = readme.documents(ROOT)
VERBS = (
    *("bounds", "compare", "coupling", "diagnose", "entropy", "epiplexity", "estimate", "layers"),
    *("matrix", "predictions", "screen", "transfer"),
)
PUBLIC = (
    *("mitool", *(f"mitool.api.{verb}" for verb in VERBS), "mitool.api.results"),
    "mitool.estimators.catalogue",
    *(f"mitool.sklearn.{file}" for file in ("scoring", "selector")),
)


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """Give ``run(line)``, which has a shell run a line beside a copy of the sample data."""
    program = tmp_path / "bin" / "mitool"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mitool "$@"\n')
    program.chmod(0o755)
    shutil.copytree(ROOT / "sample_data", tmp_path / "sample_data")
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("COLUMNS", raising=False)  # as in the shell of a reader
    (tmp_path / ".local/share/bash-completion/completions").mkdir(parents=True)

    def run(line: str) -> str:
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=tmp_path,
            env=dict(os.environ),  # without the COLUMNS that readline sets behind Python's back
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        return done.stdout

    return run


def test_the_release_is_named_alike_everywhere():
    cited = re.search(r"^version: (.*)$", (ROOT / "CITATION.cff").read_text(), re.M)
    newest = re.search(r"^## \[(.*?)\]", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert cited[1] == newest[1] == __version__


def test_the_readme_names_the_versions_of_python_that_are_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = re.findall(r"Python :: (3\.\d+)", " ".join(project["classifiers"]))
    assert project["requires-python"] == f">={named[0]}"
    tried = re.search(r"Tried are Python (.*?), the first", README.replace("\n", " "))
    assert re.findall(r"3\.\d+", tried[1]) == named


def test_the_manual_is_fresh():
    written = {path.name: path.read_text() for path in manpage.FOLDER.glob("*.1")}
    assert written == dict(manpage.pages()), "run `make man`"


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="the system has no mandoc")
def test_the_manual_is_well_formed():
    pages = sorted(manpage.FOLDER.glob("*.1"))
    lint = ["mandoc", "-T", "lint", "-W", "warning", *map(str, pages)]
    assert subprocess.run(lint, capture_output=True, text=True, check=False).stdout == ""


@pytest.mark.parametrize("line", EXAMPLES)
def test_examples_of_the_manual_run(shell, line):
    shell(line)


@pytest.mark.parametrize("line", EXAMPLES)
def test_examples_of_the_manual_can_be_copied_from_a_narrow_terminal(line):
    shown = mdoc.folded(line)
    assert max(map(len, shown.split("\n"))) <= 70
    assert shlex.split(shown.replace("\\\n", "")) == shlex.split(line)


def apart(text: str) -> tuple[list[str], list[float]]:
    """Part a text into what stands between its numbers, and the numbers."""
    number = r"-?\d+\.\d+(?:e-?\d+)?"
    return re.split(number, text.rstrip()), [float(each) for each in re.findall(number, text)]


@pytest.mark.parametrize(
    ("line", "printed"),
    [each for path in DOCUMENTS for each in readme.examples(path.read_text())],
)
def test_examples_of_the_documents_print_what_they_show(shell, line, printed):
    words, numbers = apart(shell(line))
    assert words == apart(printed)[0]
    assert numbers == pytest.approx(apart(printed)[1], rel=1e-9)  # processors differ in last digits


@pytest.mark.parametrize("name", ["README.md", "docs/python.md"])
def test_the_python_examples_of_a_document_stand_in_blocks(name):
    blocks = re.findall(r"^```python\n(.*?)^```$", (ROOT / name).read_text(), re.M | re.S)
    assert [block for block in blocks if re.search(r"^#+ |^```", block, re.M)] == []


@pytest.mark.parametrize("name", ["README.md", "docs/python.md"])
def test_the_python_examples_of_a_document_give_what_it_shows(monkeypatch, name):
    monkeypatch.chdir(ROOT)
    failed, tried = doctest.testfile(str(ROOT / name), module_relative=False)
    assert tried
    assert not failed


@pytest.mark.parametrize(
    "name", [*(str(p.relative_to(ROOT)) for p in DOCUMENTS), "CONTRIBUTING.md"]
)
def test_links_lead_to_what_is_there(name):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / name).read_text())
    assert [link for link in links if not ((ROOT / name).parent / link).exists()] == []


def test_the_tables_of_the_documents_are_fresh(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    check = [sys.executable, "-m", "cogapp", "--check", *map(str, DOCUMENTS)]
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"run `make man`\n{done.stdout}"


@pytest.mark.parametrize("name", PUBLIC)
def test_examples_of_the_python_interface_run(name):
    failed, tried = doctest.testmod(import_module(name))
    assert tried
    assert not failed


def test_the_manual_says_what_every_exit_status_means() -> None:
    assert {str(status.value) for status in ExitStatus} < manpage.EXIT_STATUS.keys()


def test_links_within_documents_lead_to_a_heading():
    """A link may name a heading of its own document or of another."""
    for path in DOCUMENTS:
        for target in re.findall(r"\]\((?!https?:)([^)\s]*#[^)\s]+)\)", path.read_text()):
            file, _, anchor = target.partition("#")
            text = (path.parent / file if file else path).read_text()
            heads = re.findall(r"^#+ (.*)$", text, re.M)
            slugs = [re.sub(r"[^\w\- ]", "", h.lower()).strip().replace(" ", "-") for h in heads]
            assert anchor in slugs, f"{path.name}: {target}"


def test_the_readme_is_a_door():
    """It shows a picture before the fold, and leads to every chapter."""
    assert len(README.splitlines()) <= 250
    assert "](docs/pictures/" in "\n".join(README.splitlines()[:40])
    for path in DOCUMENTS[1:]:
        assert f"](docs/{path.name}" in README, path.name


def test_the_gallery_is_fresh():
    assert (ROOT / gallery.PAGE).read_text() == gallery.page(), "run `make man`"
    drawn = {path.stem for path in (ROOT / gallery.FOLDER).glob("*")}
    assert drawn == {shown.name for shown in gallery.GALLERY}, "run `make gallery`"


@pytest.mark.parametrize("shown", gallery.GALLERY, ids=lambda shown: shown.name)
def test_commands_of_the_gallery_draw(shell, shown, tmp_path):
    shell(f"{gallery.command_of(shown)} -q -o r.csv")
    assert (tmp_path / f"{shown.name}.svg").read_text().count("<text") > 3


def test_a_folded_command_keeps_an_option_beside_its_value():
    line = "mitool estimate a_file_of_a_long_name.csv -x a_long_name -q --compare -y another_one"
    lines = mdoc.folded(line).split(" \\\n    ")
    assert " ".join(lines) == line
    assert len(lines) > 1
    assert not any(part.endswith((" -x", " -y")) for part in lines)
