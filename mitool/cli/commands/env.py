"""``mitool env``: what a report of a bug should say of the machine."""

from __future__ import annotations

import json
import os
import platform
import sys
from typing import Any

import typer

from mitool.cli.options import Json
from mitool.printable import printable
from mitool.version import __version__

EXAMPLES = (("Show what to paste into a bug report.", "mitool env"),)

PACKAGES = (
    *("numpy", "scipy", "numba", "pandas", "pyarrow", "scikit-learn"),
    *("typer", "rich", "matplotlib", "distributed"),
)
VARIABLES = (
    *("MITOOL_THREADS", "MITOOL_CACHE_DIR", "MITOOL_UNITS", "MITOOL_FORMAT", "MITOOL_DEBUG"),
    *("NUMBA_CACHE_DIR", "OMP_NUM_THREADS", "SLURM_CPUS_PER_TASK", "LANG", "TERM"),
)


def env(as_json: Json = False) -> None:
    """Print versions and machine, for a bug report."""
    facts = _facts()
    if as_json:
        typer.echo(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    for name, value in facts.items():
        entries = value.items() if isinstance(value, dict) else [("", value)]
        for key, fact in entries:
            typer.echo(f"{f'{name} {key}'.strip():<28} {printable(str(fact))}")


def _facts() -> dict[str, Any]:
    return {
        "mitool": __version__,
        "python": f"{platform.python_version()} ({sys.executable})",
        "system": platform.platform(),
        "machine": platform.machine(),
        "cpus": {"all": os.cpu_count(), "usable": _usable_cpus()},
        "packages": {name: _version(name) for name in PACKAGES},
        "variables": {name: os.environ[name] for name in VARIABLES if name in os.environ},
        "plug-ins": _plugins(),
    }


def _usable_cpus() -> int | None:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count()


def _version(name: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _plugins() -> dict[str, str]:
    from mitool.estimators import plugins

    return plugins()
