"""The arrays that kernels and their drivers hand to one another; all are contiguous."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int32]
"""Places in an order, or numbers of points."""
Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]
"""How often each of some levels or cells occurs."""
ShortCodes = NDArray[np.unsignedinteger[Any]]
"""One level a row, shape (n,), in the smallest unsigned type that holds them."""
