"""The one decorator of all compiled loops.

No ``fastmath`` (it removes NaN checks), no signatures (they compile on import), no
``parallel=True`` (it aborts the process when called from several threads).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache
from numba.core.runtime import rtsys

from mitool.kernels.codecache import (
    distrust,
    folder_in,
    installed,
    place_for,
    written_by_us_alone,
)

Function = TypeVar("Function", bound=Callable[..., Any])


@cache
def loops_stamp() -> str:
    """Give a checksum of all files of loops: times of files change where images are copied."""
    here, checksum = Path(__file__).parent, sha256()
    rooms = [here, *(path for path in here.iterdir() if path.is_dir() and path.name[0] != "_")]
    files = sorted(file for room in rooms for file in room.glob("*_loops.py"))
    for file in (*files, here / "lanes.py"):  # which writes instructions for them
        checksum.update(f"{file.name} {file.stat().st_size}\n".encode())
        checksum.update(file.read_bytes())
    return checksum.hexdigest()


class Folder(CompileResultCacheImpl):  # type: ignore[misc]  # numba has no types
    """The folder that keeps the code of a function, and what Numba asks of it.

    Numba would find one by itself, but none that cannot be written to. Code is fresh as long as
    all files of loops are: it holds what it calls in other files, too, where Numba would look only
    at its own.
    """

    def __init__(self, function: Any, folder: str) -> None:
        self._folder, self._line = folder, function.__code__.co_firstlineno
        self._locator_classes = [self]
        super().__init__(function)

    def from_function(self, function: Any, file: str) -> Folder:
        """Give the only place there is."""
        return self

    def get_cache_path(self) -> str:
        """Give the folder."""
        return self._folder

    def get_source_stamp(self) -> str:
        """Give what code must have been made of to be fresh."""
        return loops_stamp()

    def get_disambiguator(self) -> str:
        """Tell functions of one name apart."""
        return str(self._line)

    def ensure_cache_path(self) -> None:
        """Make the folder, since code is about to be written."""
        Path(self._folder).mkdir(parents=True, exist_ok=True)


class Kept(FunctionCache):  # type: ignore[misc]
    """Compiled code on disk, which runs without what only compiling needs.

    Numba would first load all that it can compile, SciPy's linear algebra with it: 0.1 s, three
    times the time that reading the code takes. Where something is to be compiled after all, it
    still does. Code brings along the modules of Numba that it was made of: ``any`` those of arrays
    and SciPy, 0.15 s, a slice copied to another those of strings, 0.03 s (and 1.7 s to compile).
    Loops bring none.

    ``given`` is what whoever installed mitool has left: it is read where ``folder`` has nothing.
    Without a folder of our own nothing is written.
    """

    def __init__(self, function: Any, folder: str, given: str | None = None) -> None:
        self._is_read_only = folder == given
        self._impl_class = lambda of: Folder(of, folder)
        super().__init__(function)
        self._given = Kept(function, given, given) if given and given != folder else None

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Give the code for a signature, or None if it is to be compiled."""
        if not hasattr(self, "_load_overload"):  # a private name, of Numba 0.61 to 0.68 at least
            return super().load_overload(sig, target_context)
        rtsys.initialize(target_context)  # what compiled code may call
        with self._guard_against_spurious_io_errors():
            found = self._load_overload(sig, target_context)
        if found is None and self._given is not None:
            return self._given.load_overload(sig, target_context)
        return found

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep the code for a signature."""
        if not self._is_read_only:
            with written_by_us_alone():
                super().save_overload(sig, data)


def _kept(function: Function) -> Kept | None:
    """Give the code of a function on disk, if there is a folder to be trusted."""
    room = Path(function.__code__.co_filename).parent
    place = place_for(room, numba.config.CACHE_DIR)
    given = installed(room, numba.config.CACHE_DIR)
    folder = given if place is None else folder_in(room, place)
    if folder is None or (folder.is_dir() and distrust(folder)):
        return None
    return Kept(function, str(folder), None if given is None else str(given))


def kernel(function: Function) -> Function:
    """Compile a loop over arrays that its caller allocated."""
    jitted: Any = numba.njit(nogil=True, error_model="numpy")(function)
    kept = _kept(function)
    if kept is not None:
        jitted._cache = kept
    compiled: Function = jitted
    return compiled
