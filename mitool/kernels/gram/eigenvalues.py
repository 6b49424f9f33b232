"""All eigenvalues of a symmetric matrix by LAPACK, in place, while other threads go on.

SciPy's own function holds the interpreter until it returns: for minutes nobody could be told how
far it is, and no other pair be estimated. The same routine called by its address does not.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

import numpy as np

from mitool.errors import MitoolError
from mitool.kernels.longcalls import long_call
from mitool.result.codes import warn
from mitool.variables import Matrix, Vector

SECONDS = 9e-11
"""Of one thread, times the cube of the size: from 3,000 to 6,000 points, on an AMD EPYC."""
LONG = 60.0


def eigenvalues(gram: Matrix) -> Vector:
    """Give the eigenvalues of a symmetric matrix in ascending order; LAPACK overwrites it."""
    m = len(gram)
    seconds = SECONDS * float(m) ** 3
    if seconds > LONG:
        warn("long_spectrum", n_points=m, minutes=seconds / 60.0, stacklevel=2)
    with long_call(f"eigenvalues of {m} rows", seconds):
        return _by_lapack(gram)


def _by_lapack(gram: Matrix) -> Vector:
    """Call dsyev for eigenvalues alone, of the lower triangle in Fortran's order."""
    m = len(gram)
    values, work = np.empty(m), np.empty(1)
    _call(gram, values, work, -1)  # asks how much room it wants
    work = np.empty(int(work[0]))
    _call(gram, values, work, len(work))
    return values


def _call(gram: Matrix, values: Vector, work: Vector, n_work: int) -> None:
    size, room, info = ctypes.c_int(len(gram)), ctypes.c_int(n_work), ctypes.c_int(0)
    arrays = (array.ctypes.data_as(ctypes.c_void_p) for array in (gram, values, work))
    a, w, space = arrays
    whole, told = ctypes.byref(size), ctypes.byref(info)
    _dsyev()(b"N", b"L", whole, a, whole, w, space, ctypes.byref(room), told)
    if info.value:
        raise MitoolError(f"the eigenvalues of {len(gram)} rows were not found; use --sample N")


@cache
def _dsyev() -> Any:
    """Give the routine at its address; a call by ``ctypes`` lets other threads go on."""
    from scipy.linalg import cython_lapack

    capsule = cython_lapack.__pyx_capi__["dsyev"]
    name, pointer = ctypes.pythonapi.PyCapsule_GetName, ctypes.pythonapi.PyCapsule_GetPointer
    name.restype, name.argtypes = ctypes.c_char_p, [ctypes.py_object]
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    text, address = ctypes.c_char_p, ctypes.c_void_p
    kind = ctypes.CFUNCTYPE(None, text, text, *[address] * 7)
    return kind(pointer(capsule, name(capsule)))
