"""``mitool env``: what a report of a bug should say of the machine."""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from mitool.cli.options import Json
from mitool.errors import MitoolError
from mitool.printable import printable
from mitool.version import __version__

EXAMPLES = (
    ("Show what to paste into a bug report.", "mitool env"),
    ("Compile all loops now, so that no first run waits for it.", "mitool env --compile"),
)

PACKAGES = (
    *("numpy", "scipy", "numba", "pandas", "pyarrow", "scikit-learn"),
    *("typer", "rich", "matplotlib", "distributed"),
)
VARIABLES = (
    *("MITOOL_THREADS", "MITOOL_CACHE_DIR", "MITOOL_UNITS", "MITOOL_FORMAT", "MITOOL_DEBUG"),
    *("NUMBA_CACHE_DIR", "OMP_NUM_THREADS", "SLURM_CPUS_PER_TASK", "LANG", "TERM"),
)


Compile = Annotated[
    bool, typer.Option("--compile", help="Compile all loops first, and keep their code.")
]


def env(as_json: Json = False, compile_: Compile = False) -> None:
    """Print versions and machine, for a bug report.

    Loops are compiled when they are first needed, for the processor that they run on, and their
    code is kept: beside the package, else in ~/.cache/mitool, or in MITOOL_CACHE_DIR. With
    --compile it is there beforehand, for images and folders that nobody can write to later, too.
    """
    if compile_:
        _compile()
    facts = _facts()
    if as_json:
        typer.echo(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    for name, value in facts.items():
        entries = value.items() if isinstance(value, dict) else [("", value)]
        for key, fact in entries:
            typer.echo(f"{f'{name} {key}'.strip():<28} {printable(str(fact))}")


def _compile() -> None:
    """Compile all loops, and say how far it is on standard error."""
    from mitool.inference.local import compile_ahead
    from mitool.kernels.inadvance import jobs
    from mitool.report.progress import followed

    if _loops()["kept in"] is None:
        raise MitoolError(
            "compiled loops cannot be kept: no folder for them can be written to by you alone; "
            "name one by MITOOL_CACHE_DIR"
        )
    work = [*jobs(), ("local permutations", compile_ahead)]
    for _, run in followed(work, len(work), "kinds of loops compiled"):
        run()


def _loops() -> dict[str, str | None]:
    """Say where compiled loops are kept, and where some are that we can only read."""
    from mitool.kernels import codecache
    from mitool.kernels.codecache import folder_in, installed, place_for

    room, named = Path(codecache.__file__).parent, os.environ.get("NUMBA_CACHE_DIR", "")
    place, given = place_for(room, named), installed(room, named)
    return {
        "kept in": None if place is None else str(folder_in(room, place).parent),
        "read from": None if given is None else str(given.parent),
    }


def _facts() -> dict[str, Any]:
    return {
        "mitool": __version__,
        "python": f"{platform.python_version()} ({sys.executable})",
        "system": platform.platform(),
        "machine": platform.machine(),
        "cpus": {"all": os.cpu_count(), "usable": _usable_cpus()},
        "compiled loops": _loops(),
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
