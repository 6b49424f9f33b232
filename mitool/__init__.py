"""Mutual information of the columns of a file.

>>> import mitool
>>> round(mitool.estimate(list("aabb") * 50, list("ccdd") * 50, "plugin", unit="bits").mi, 6)
1.0
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from mitool.version import __version__ as __version__

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

    from mitool.api import (
        Results,
        bounds,
        compare,
        coupling,
        diagnose,
        entropy,
        epiplexity,
        estimate,
        matrix,
        predictions,
        screen,
        transfer,
    )
    from mitool.errors import MitoolError, MitoolWarning
    from mitool.estimators.catalogue import estimators
    from mitool.result import Estimate, Interval, Note, Test

_HOMES = {
    "bounds": "mitool.api",
    "compare": "mitool.api",
    "coupling": "mitool.api",
    "diagnose": "mitool.api",
    "entropy": "mitool.api",
    "epiplexity": "mitool.api",
    "estimate": "mitool.api",
    "matrix": "mitool.api",
    "predictions": "mitool.api",
    "screen": "mitool.api",
    "transfer": "mitool.api",
    "Results": "mitool.api",
    "Estimate": "mitool.result",
    "Interval": "mitool.result",
    "Note": "mitool.result",
    "Test": "mitool.result",
    "MitoolError": "mitool.errors",
    "MitoolWarning": "mitool.errors",
}

__all__ = [
    "Estimate",
    "Interval",
    "MitoolError",
    "MitoolWarning",
    "Note",
    "Results",
    "Test",
    "bounds",
    "compare",
    "coupling",
    "diagnose",
    "entropy",
    "epiplexity",
    "estimate",
    "estimators",
    "matrix",
    "predictions",
    "screen",
    "transfer",
]


def __getattr__(name: str) -> object:
    """Import what is asked for, and only then: ``mitool --help`` needs none of it."""
    if name == "estimators":  # a room that can be called: nothing to take out of it
        return import_module("mitool.estimators")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if not name.startswith("_"):
        from mitool.moved import new_name

        if new := new_name(name):
            return getattr(import_module(_HOMES[new]), new)
    raise AttributeError(f"module 'mitool' has no attribute {name!r}")


class _Moved:
    """Asked by Python for a module that no file has: one that moved is found in its new place."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if not name.startswith("mitool."):
            return None
        from mitool.moved import spec_of

        return spec_of(name)


sys.meta_path.append(_Moved)  # last: what there is costs nothing


def __dir__() -> list[str]:
    """List the public names."""
    return [*__all__, "__version__"]
