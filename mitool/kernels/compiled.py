"""The one decorator of all compiled loops.

No ``fastmath`` (it removes NaN checks), no signatures (they compile on import), no
``parallel=True`` (it aborts the process when called from several threads).
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

CACHE_VARIABLE = "MITOOL_CACHE_DIR"

if os.environ.get(CACHE_VARIABLE):  # numba reads this once, when it is imported
    os.environ.setdefault("NUMBA_CACHE_DIR", os.environ[CACHE_VARIABLE])

import numba  # noqa: E402

Function = TypeVar("Function", bound=Callable[..., Any])
BLAS = "scipy.linalg.cython_blas"


def _ask_for_blas_later() -> None:
    """Spare numba the import by which it only looks whether SciPy has BLAS: a third of its start.

    No kernel calls BLAS; code that does imports it when it is compiled.
    """
    if BLAS not in sys.modules:
        sys.modules[BLAS] = ModuleType(BLAS)
        try:
            import_module("numba.np.arraymath")
        finally:
            del sys.modules[BLAS]


_ask_for_blas_later()


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _can_cache() -> bool:
    """Tell whether numba will find a folder to keep compiled code in (it raises if not)."""
    if numba.config.CACHE_DIR:
        return _is_writable(Path(numba.config.CACHE_DIR))
    return _is_writable(Path(__file__).parent / "__pycache__") or _is_writable(
        Path.home() / ".cache" / "numba"
    )


_CACHE = _can_cache()


def kernel(function: Function) -> Function:
    """Compile a loop over arrays that its caller allocated."""
    jitted: Function = numba.njit(cache=_CACHE, nogil=True, error_model="numpy")(function)
    return jitted
