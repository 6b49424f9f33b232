"""The loss of merging two levels of a table, and the best partner of each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.compiled import kernel

Flags = NDArray[np.bool_]
Masses = NDArray[np.float64]
Partners = NDArray[np.int64]


@kernel
def term(mass: float) -> float:
    """Give mass · log mass, 0 of nothing."""
    return mass * np.log(mass) if mass > 0.0 else 0.0


@kernel
def loss(joint: Masses, of_cells: Masses, mass: Masses, i: int, j: int) -> float:
    """Give the information lost by merging rows i and j; of_cells[i] is Σ terms of row i.

    (p_i + p_j) times the Jensen-Shannon divergence of their conditionals.
    """
    merged = 0.0
    for k in range(joint.shape[1]):
        merged += term(joint[i, k] + joint[j, k])
    cells = of_cells[i] + of_cells[j] - merged
    lost: float = cells - term(mass[i]) - term(mass[j]) + term(mass[i] + mass[j])
    return max(lost, 0.0)


@kernel
def seek(
    joint: Masses,
    of_cells: Masses,
    mass: Masses,
    is_there: Flags,
    i: int,
    partner: Partners,
    least: Masses,
) -> None:
    """partner[i], least[i] <- the later row that is cheapest to merge with row i, and its loss."""
    least[i] = np.inf
    partner[i] = -1
    for j in range(i + 1, joint.shape[0]):
        if is_there[j]:
            lost = loss(joint, of_cells, mass, i, j)
            if lost < least[i]:
                least[i] = lost
                partner[i] = j


@kernel
def cheapest(
    joint: Masses,
    of_cells: Masses,
    mass: Masses,
    is_there: Flags,
    is_stale: Flags,
    partner: Partners,
    least: Masses,
) -> int:
    """Give the row whose merge loses least; least of a stale row is below what it will be."""
    while True:
        best = -1
        for i in range(joint.shape[0]):
            if is_there[i] and (best < 0 or least[i] < least[best]):
                best = i
        if not is_stale[best]:
            return best
        seek(joint, of_cells, mass, is_there, best, partner, least)
        is_stale[best] = False


@kernel
def merge(
    joint: Masses,
    of_cells: Masses,
    mass: Masses,
    is_there: Flags,
    is_stale: Flags,
    a: int,
    b: int,
    partner: Partners,
    least: Masses,
) -> None:
    """Merge row b into row a; partner, least <- what they are then, or stale.

    A row that has lost its partner has no cheaper one than it had, but perhaps the new row.
    """
    of_cells[a] = 0.0
    for k in range(joint.shape[1]):
        joint[a, k] += joint[b, k]
        of_cells[a] += term(joint[a, k])
    mass[a] += mass[b]
    is_there[b] = False
    seek(joint, of_cells, mass, is_there, a, partner, least)
    is_stale[a] = False
    for i in range(b):
        if not is_there[i] or i == a:
            continue
        lost = loss(joint, of_cells, mass, i, a) if i < a else np.inf
        if lost < least[i] or (lost == least[i] and a <= partner[i]):
            least[i] = lost
            partner[i] = a
            is_stale[i] = False
        elif partner[i] == a or partner[i] == b:
            is_stale[i] = True
