"""Fixtures of all tests: the command line in this process, and a seeded generator."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: tests run side by side

import numpy as np
import pytest


@dataclass(frozen=True)
class Outcome:
    """What a run of the command line left: its exit status and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20040618)


@pytest.fixture
def mitool(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Outcome]:
    """Give ``run(*arguments, stdin=b"")``, which runs ``main`` in this process."""
    from mitool.cli.app import main

    for name in ("MITOOL_THREADS", "MITOOL_UNITS", "MITOOL_FORMAT", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: object, stdin: bytes = b"") -> Outcome:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Outcome(code, out, err)

    return run
