"""The rules of the room of kernels: where loops stand, and when code on disk is stale."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import mitool
from mitool.kernels import budget
from mitool.kernels.budget import Budget

PACKAGE = Path(mitool.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
COMPILED = {"kernel", "operation", "intrinsic", "register_jitable"}


def is_compiled(node: ast.AST) -> bool:
    if not isinstance(node, ast.FunctionDef):
        return False
    marks = [mark.func if isinstance(mark, ast.Call) else mark for mark in node.decorator_list]
    return any(isinstance(mark, ast.Name) and mark.id in COMPILED for mark in marks)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_compiled_loops_stand_in_files_that_hold_nothing_else(path):
    nodes = ast.parse(path.read_text()).body
    if path.stem.endswith("_loops"):
        others = [node for node in nodes if not is_compiled(node)]
        plain = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.Expr)
        assert all(isinstance(node, plain) for node in others)
        assert len(others) < len(nodes)
    else:
        assert not any(is_compiled(node) for node in ast.walk(ast.parse(path.read_text())))


def test_code_on_disk_is_stale_once_a_loop_of_another_file_has_changed(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "mitool", ignore=shutil.ignore_patterns("__pycache__"))
    code = (
        "import numpy as np\n"
        "from mitool.kernels.counts.cooccurrence_loops import overlaps\n"
        "planes, out = np.array([[7]], dtype=np.uint64), np.empty((1, 1), dtype=np.int64)\n"
        "overlaps(planes, planes, out)\n"
        "print(out[0, 0], sum(overlaps.stats.cache_hits.values()))\n"
    )
    env = {**os.environ, "PYTHONPATH": str(tmp_path), "MITOOL_CACHE_DIR": str(tmp_path / "cache")}

    def bits_of_seven_and_codes_read() -> list[str]:
        command = [sys.executable, "-c", code]
        return subprocess.check_output(command, env=env, cwd=tmp_path, text=True).split()

    assert bits_of_seven_and_codes_read() == ["3", "0"]
    assert bits_of_seven_and_codes_read() == ["3", "1"]
    words = tmp_path / "mitool" / "kernels" / "words_loops.py"
    words.write_text(words.read_text().replace("return int(", "return 2 * int("))
    assert bits_of_seven_and_codes_read() == ["6", "0"]


def test_every_loop_is_compiled_ahead_and_kept(tmp_path):
    kept = tmp_path / "kept"
    env = {**os.environ, "MITOOL_CACHE_DIR": str(kept), "NUMBA_CACHE_DIR": ""}
    command = [sys.executable, "-m", "mitool", "env", "--compile", "--json"]
    facts = json.loads(subprocess.check_output(command, env=env, cwd=PACKAGE.parent, text=True))
    assert facts["compiled loops"] == {"kept in": str(kept), "read from": None}
    loops = {
        f"{path.stem}.{node.name}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if is_compiled(node) and {"kernel"} & {getattr(m, "id", "") for m in node.decorator_list}
    }
    assert {path.name.partition("-")[0] for path in kept.rglob("*.nbi")} == loops


def test_ahead_of_need_nothing_is_compiled_that_cannot_be_kept(tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o777)
    env = {**os.environ, "MITOOL_CACHE_DIR": str(tmp_path / "shared"), "NUMBA_CACHE_DIR": ""}
    command = [sys.executable, "-m", "mitool", "env", "--compile"]
    done = subprocess.run(command, env=env, cwd=PACKAGE.parent, capture_output=True, text=True)
    assert done.returncode != 0
    assert "compiled loops cannot be kept" in done.stderr


def test_where_no_code_is_kept_eight_times_as_much_is_done_without(tmp_path, monkeypatch):
    monkeypatch.setattr(budget, "is_kept", lambda room, loops: loops == "kept_loops")
    monkeypatch.setitem(sys.modules, "mitool.kernels.compiled", None)
    monkeypatch.delitem(sys.modules, "mitool.kernels.compiled")
    kept, anew = Budget(100, tmp_path), Budget(100, tmp_path)
    assert [kept.allows(40, "kept_loops") for _ in range(4)] == [True, True, False, False]
    assert [anew.allows(320, "other_loops") for _ in range(4)] == [True, True, False, False]
    monkeypatch.setitem(sys.modules, "mitool.kernels.compiled", budget)
    assert not any(Budget(100, tmp_path).allows(1, f"{name}_loops") for name in ("kept", "other"))
    monkeypatch.delitem(sys.modules, "mitool.kernels.compiled")
    anew = Budget(100, tmp_path)
    anew.announce(101)
    assert not anew.allows(1, "other_loops")


def test_numba_is_entered_by_its_front_door() -> None:
    """Two threads that load it at once, one by a module inside, would meet half way."""
    entries = (re.search(r"^(?:from|import) (numba[\w.]*)", p.read_text(), re.M) for p in MODULES)
    first = [entry[1] for entry in entries if entry]
    assert len(first) >= 4
    assert set(first) == {"numba"}


def test_two_threads_load_loops_at_once() -> None:
    code = (
        "import threading as t; from importlib import import_module as load; both = t.Barrier(2)\n"
        "def of(name): both.wait(); done.append(load(name))\n"
        "done = []; names = 'mitool.kernels.compiled', 'mitool.kernels.lanes'\n"
        "[one.start() for one in [t.Thread(target=of, args=(name,)) for name in names]]\n"
        "[one.join() for one in t.enumerate() if one is not t.current_thread()]\n"
        "assert len(done) == 2"
    )
    for _ in range(3):
        subprocess.run([sys.executable, "-c", code], check=True)
