"""The Python face of mitool: arrays, data frames or columns in, estimates out.

A file a verb, imported when it is asked for. Each name here is the function, never the file.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mitool.api.bounds import bounds
    from mitool.api.compare import compare
    from mitool.api.coupling import coupling
    from mitool.api.diagnose import diagnose
    from mitool.api.entropy import entropy
    from mitool.api.epiplexity import epiplexity
    from mitool.api.estimate import estimate
    from mitool.api.matrix import matrix
    from mitool.api.predictions import predictions
    from mitool.api.results import Results
    from mitool.api.screen import screen
    from mitool.api.transfer import transfer

VERBS = (
    *("bounds", "compare", "coupling", "diagnose", "entropy", "epiplexity", "estimate"),
    *("matrix", "predictions", "screen", "transfer"),
)

__all__ = [
    "Results",
    "bounds",
    "compare",
    "coupling",
    "diagnose",
    "entropy",
    "epiplexity",
    "estimate",
    "matrix",
    "predictions",
    "screen",
    "transfer",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for, and only then: one estimate needs no screen."""
    if name not in __all__:
        raise AttributeError(f"module 'mitool.api' has no attribute {name!r}")
    return getattr(import_module(f"mitool.api.{name.lower()}"), name)


class _Api(ModuleType):
    """A package that binds a verb to its function where Python would bind it to its file."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in VERBS and isinstance(value, ModuleType):
            value = getattr(value, name)
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Api
