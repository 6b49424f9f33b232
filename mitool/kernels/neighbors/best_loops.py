"""The smallest distances met so far, ascending."""

from __future__ import annotations

from mitool.kernels.compiled import kernel
from mitool.variables import Vector


@kernel
def insert(best: Vector, distance: float) -> float:
    """Put a distance below the largest of ``best`` (ascending) in its turn; give the largest.

    All are looked at: choosing numbers is vectorised, where a branch goes either way by chance.
    """
    last = best.shape[0] - 1
    for j in range(last, 0, -1):
        here, below = best[j], best[j - 1]
        other = below if below > distance else distance
        best[j] = here if here < other else other
    best[0] = best[0] if best[0] < distance else distance
    return float(best[last])
