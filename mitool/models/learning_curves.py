"""Finzi et al. (2026), From Entropy to Epiplexity: structure and residual of a learning curve.

What a model paid above its final loss while it learned is what it took in: the structure; its
final loss on all tokens is what it could not: the residual (prequential code, Dawid, 1984).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mitool.variables import Vector

FINAL_SHARE = 0.95
"""The final loss is the mean over rows beyond this share of all tokens, unless it is the last."""


@dataclass(frozen=True)
class Split:
    """A code length in nats, and its two parts; ``n_tokens`` are all that were seen."""

    total: float
    residual: float
    final_loss: float
    n_tokens: float

    @property
    def structure(self) -> float:
        """What was paid above the final loss."""
        return self.total - self.residual


def split(tokens: Vector, losses: Vector, *, last: bool = False) -> Split:
    """Split a curve: ``losses`` (n,) a token, each of the tokens since the row before.

    ``tokens`` (n,) count those seen up to each row, ascending. The final loss is the mean, weighted
    by tokens, of the rows beyond 0.95 of all, or that of the ``last`` row.
    """
    new = np.diff(tokens, prepend=0.0)
    n_tokens = float(tokens[-1])
    late = tokens > FINAL_SHARE * n_tokens
    if last:
        late = np.arange(len(tokens)) == len(tokens) - 1
    final = float(losses[late] @ new[late] / new[late].sum())
    return Split(float(losses @ new), final * n_tokens, final, n_tokens)
