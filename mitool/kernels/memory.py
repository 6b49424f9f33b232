"""Memory is predicted and refused before it is taken, never met by the out-of-memory killer.

And what loops read over and over begins where a line of the processor's cache does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from mitool.errors import MitoolError
from mitool.limits import free_memory


def require(n_bytes: int, what: str) -> None:
    """Refuse an allocation that would not fit, and say what would."""
    free = free_memory()
    if n_bytes > free:
        raise MitoolError(
            f"{what} needs {n_bytes / 1e9:.1f} GB and {free / 1e9:.1f} GB are free; take a random "
            "subset with --sample N, a wider bandwidth, or a larger tolerance"
        )


LINE = 64
"""Bytes of a line of the cache."""


def in_lines(n: int, kind: DTypeLike) -> NDArray[Any]:
    """Give room for n numbers of a type, each 64 bytes of which lie in one line of the cache.

    In two, a search of strips takes half as long again, one of steps in ten columns a sixth.
    """
    size = np.dtype(kind).itemsize
    room = np.empty(n + LINE // size, dtype=kind)
    start = -room.__array_interface__["data"][0] % LINE // size
    return room[start : start + n]
