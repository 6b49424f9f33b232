"""Matching rows to neighbours by augmenting paths: Kuhn (1955), doi:10.1002/nav.3800020109."""

from __future__ import annotations

from mitool.kernels.compiled import kernel
from mitool.variables import Rows


@kernel
def match_neighbors(neighbors: Rows, order: Rows, work: Rows, out: Rows) -> None:
    """out[i] <- one of neighbors[i], each once; every row must be among its own neighbours.

    Rows are served in ``order``; work (4, n) starts at -1.
    """
    owner, seen, parent, queue = work[0], work[1], work[2], work[3]
    for start in order:
        head, tail, free = 0, 1, -1
        queue[0] = start
        while free < 0:
            row = queue[head]
            head += 1
            for m in range(neighbors.shape[1]):
                place = neighbors[row, m]
                if seen[place] == start:
                    continue
                seen[place] = start
                parent[place] = row
                if owner[place] < 0:
                    free = place
                    break
                queue[tail] = owner[place]
                tail += 1
        while free >= 0:
            row = parent[free]
            before = out[row]
            out[row] = free
            owner[free] = row
            free = before
