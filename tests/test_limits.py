"""One thread of BLAS: in every library that is loaded, whenever that was, and in forks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from types import ModuleType

import pytest
import threadpoolctl

from mitool.limits import BLAS, affinity, one_blas_thread

TOLD = """
import json, os, sys
import numpy
from threadpoolctl import threadpool_info
from mitool.limits import one_blas_thread

def told():
    return sorted(one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas")

def inside():
    with one_blas_thread():
        return told()
"""

LATER = """
found = [inside()]
import scipy.linalg  # in wheels with a BLAS of its own
found += [inside(), told()]
print(json.dumps(found))
"""

FORKED = """
before = inside()
reading, writing = os.pipe()
if not os.fork():
    os.write(writing, json.dumps([inside(), told()]).encode())
    os._exit(0)
os.wait()
print(json.dumps([before, *json.loads(os.read(reading, 1000))]))
"""


def found(script: str) -> list[list[int]]:
    """What a process finds whose environment grants BLAS two threads."""
    environment = os.environ | dict.fromkeys(BLAS, "2")
    command = [sys.executable, "-c", TOLD + script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_library_that_is_loaded_later_is_told_too() -> None:
    first, second, after = found(LATER)
    assert set(first) == set(second) == {1}
    assert len(second) == len(after)
    assert max(after) == min(2, affinity())  # as it was


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks on this system")
def test_a_fork_is_told_as_its_parent_was() -> None:
    parent, child, after = found(FORKED)
    assert set(parent) == set(child) == {1}
    assert max(after) == min(2, affinity())


def test_libraries_are_found_anew_only_where_modules_came(monkeypatch) -> None:
    searches = []

    class Counted(threadpoolctl.ThreadpoolController):
        def __init__(self) -> None:
            searches.append(1)
            super().__init__()

    monkeypatch.setattr(threadpoolctl, "ThreadpoolController", Counted)
    monkeypatch.setitem(sys.modules, "a_module_of_this_test", ModuleType("a_module_of_this_test"))
    for _ in range(3):
        with one_blas_thread():
            pass
    assert len(searches) == 1
    monkeypatch.setitem(sys.modules, "another", ModuleType("another"))
    with one_blas_thread():
        pass
    assert len(searches) == 2
