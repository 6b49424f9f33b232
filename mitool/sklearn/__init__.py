"""Feature selection for scikit-learn, which is imported only where the selector is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mitool.sklearn.scoring import mi_score

if TYPE_CHECKING:
    from mitool.sklearn.selector import MISelector

__all__ = ["MISelector", "mi_score"]


def __getattr__(name: str) -> object:
    """Import the selector, and with it scikit-learn, when it is asked for."""
    if name != "MISelector":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mitool.sklearn.selector import MISelector

    return MISelector
