"""Old names work for one release, and say what they are called now."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module, util
from inspect import isfunction
from pkgutil import iter_modules

import pytest

import mitool
from mitool import moved


def fresh(code: str) -> str:
    """Run code in a new interpreter where deprecations are shown."""
    words = [sys.executable, "-W", "always::DeprecationWarning", "-c", code]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


@pytest.mark.parametrize(("old", "new"), moved.MODULES.items())
def test_a_module_that_moved_is_found_by_its_old_path(old, new, monkeypatch):
    monkeypatch.delitem(sys.modules, old, raising=False)
    with pytest.warns(DeprecationWarning, match=f"{old} is now {new}"):
        found = import_module(old)
    assert found is import_module(new)


@pytest.mark.parametrize("old", moved.MODULES)
def test_nothing_new_stands_where_a_module_was(old, monkeypatch):
    monkeypatch.delitem(sys.modules, old, raising=False)
    assert util.find_spec(old).loader.__class__ is moved.Alias


def test_the_warning_points_at_the_line_that_imports():
    code = "from mitool.method import Settings; print(Settings.__module__)"
    found = fresh(code)
    assert "mitool.measure.settings" in found
    assert "<string>:1: DeprecationWarning: mitool.method is now mitool.measure.method" in found


def test_what_never_was_is_not_found():
    with pytest.raises(ModuleNotFoundError, match=r"mitool\.nonsense"):
        import_module("mitool.nonsense")
    with pytest.raises(AttributeError, match="nonsense"):
        _ = mitool.nonsense


def test_an_old_name_of_mitool_gives_the_new_one(monkeypatch):
    monkeypatch.setitem(moved.NAMES, "information", "estimate")
    with pytest.warns(DeprecationWarning, match="mitool.information is now mitool.estimate"):
        assert mitool.information is mitool.estimate


def test_a_run_with_new_names_alone_does_not_load_the_old_ones():
    code = "import sys, mitool; mitool.estimate; print('mitool.moved' in sys.modules)"
    assert fresh(code).strip() == "False"


VERBS = ("compare", "diagnose", "entropy", "estimate", "matrix", "screen", "transfer")


@pytest.mark.parametrize("name", VERBS)
def test_no_function_vanishes_behind_a_module_of_its_name(name):
    for module in iter_modules(import_module("mitool.api").__path__):
        import_module(f"mitool.api.{module.name}")
    assert isfunction(getattr(import_module("mitool.api"), name))
    assert getattr(mitool, name) is getattr(import_module("mitool.api"), name)


def test_no_room_has_the_name_of_a_public_function_unless_it_is_that_function():
    rooms = {module.name for module in iter_modules(mitool.__path__)}
    shared = rooms & set(mitool.__all__)
    assert shared == {"estimators"}
    assert all(callable(import_module(f"mitool.{name}")) for name in shared)


@pytest.mark.parametrize("before", ["", "import mitool.estimators.ksg; ", "mitool.estimators; "])
def test_a_room_can_be_called_whatever_was_imported_before(before):
    code = f"import mitool; {before}print(mitool.estimators('ksg').name)"
    assert fresh(code).strip() == "ksg"
