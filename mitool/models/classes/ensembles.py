"""Houlsby et al. (2011), arXiv:1112.5745: what an answer tells of which member gave it.

The total entropy of the mean prediction is the mean entropy of the members (aleatoric) and the
information between the member and the class (gain): the generalised Jensen-Shannon divergence.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mitool.models.classes.shannon import entropy
from mitool.variables import Vector


@dataclass(frozen=True)
class Spread:
    """Entropies in nats, one an item, (n_items,): total = aleatoric + gain."""

    total: Vector
    aleatoric: Vector

    @property
    def gain(self) -> Vector:
        """I(member; class) of each item."""
        return self.total - self.aleatoric


def spread(probs: np.ndarray, weights: Vector | None = None) -> Spread:
    """Split the entropies of members' predictions (members, items, classes).

    ``weights`` (members,) is the prior of the members; None weighs all alike.
    """
    m = len(probs)
    shares = np.full(m, 1.0 / m) if weights is None else weights
    total, aleatoric = np.empty(probs.shape[1]), np.empty(probs.shape[1])
    for item in range(probs.shape[1]):  # an item at a time: memory of one
        members = probs[:, item].astype(np.float64)
        total[item] = entropy(shares @ members)
        aleatoric[item] = shares @ entropy(members)
    return Spread(total, aleatoric)
