"""The one decorator of all compiled loops.

No ``fastmath`` (it removes NaN checks), no signatures (they compile on import), no
``parallel=True`` (it aborts the process when called from several threads).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core.caching import FunctionCache
from numba.core.runtime import rtsys

from mitool.kernels.codecache import distrust, place_for, written_by_us_alone

Function = TypeVar("Function", bound=Callable[..., Any])


@cache
def loops_stamp() -> tuple[tuple[str, float, int], ...]:
    """Give the name of every file of loops, when it was last changed, and its size."""
    here = Path(__file__).parent
    rooms = [here, *(path for path in here.iterdir() if path.is_dir() and path.name[0] != "_")]
    files = sorted(file for room in rooms for file in room.glob("*_loops.py"))
    files.append(here / "lanes.py")  # which writes instructions for them
    return tuple((file.name, file.stat().st_mtime, file.stat().st_size) for file in files)


class Kept(FunctionCache):  # type: ignore[misc]  # numba has no types
    """Compiled code on disk, which runs without what only compiling needs.

    Numba would first load all that it can compile, SciPy's linear algebra with it: 0.1 s, three
    times the time that reading the code takes. Where something is to be compiled after all, it
    still does. Code brings along the modules of Numba that it was made of: ``any`` those of arrays
    and SciPy, 0.15 s, a slice copied to another those of strings, 0.03 s. Loops bring none.

    Code is fresh as long as all files of loops are: it holds what it calls in other files, too,
    where Numba would look only at its own.
    """

    def __init__(self, function: Any, place: str) -> None:
        usual, numba.config.CACHE_DIR = numba.config.CACHE_DIR, place
        try:
            with written_by_us_alone():
                super().__init__(function)
        finally:
            numba.config.CACHE_DIR = usual
        file: Any = getattr(self, "_cache_file", None)
        if hasattr(file, "_source_stamp"):  # private names, too
            file._source_stamp = (file._source_stamp, loops_stamp())

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Give the code for a signature, or None if it is to be compiled."""
        if not hasattr(self, "_load_overload"):  # a private name, of Numba 0.61 to 0.68 at least
            return super().load_overload(sig, target_context)
        rtsys.initialize(target_context)  # what compiled code may call
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep the code for a signature."""
        with written_by_us_alone():
            super().save_overload(sig, data)


def _kept(function: Function) -> Kept | None:
    """Give the code of a function on disk, if there is a folder to be trusted."""
    place = place_for(Path(function.__code__.co_filename).parent, numba.config.CACHE_DIR)
    if place is None:
        return None
    kept = Kept(function, place)
    return None if distrust(Path(kept.cache_path)) else kept


def kernel(function: Function) -> Function:
    """Compile a loop over arrays that its caller allocated."""
    jitted: Any = numba.njit(nogil=True, error_model="numpy")(function)
    kept = _kept(function)
    if kept is not None:
        jitted._cache = kept
    compiled: Function = jitted
    return compiled
