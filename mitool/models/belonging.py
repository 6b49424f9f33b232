"""What belongs together in scores: samples to contexts, contexts to groups, lengths to samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.models.pairing import Pairing
from mitool.models.score_tiles import PartOfScores, Scores

Parts = list[tuple[Scores, Pairing]]


@dataclass(frozen=True, eq=False)
class Belonging:
    """Which sample belongs to which context, which contexts to one group, and sample lengths.

    ``n_samples`` a context stand together, unless ``positives`` (n_columns,) names the row of each
    column. ``groups`` (n_contexts,) are labels, ``tokens`` (n_samples,) lengths.
    """

    n_samples: int = 1
    positives: NDArray[Any] | None = None
    groups: NDArray[Any] | None = None
    group_name: str | None = None
    tokens: NDArray[Any] | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the pairs stand on a diagonal, one sample a context."""
        return self.n_samples == 1 and self.positives is None

    @property
    def is_bare(self) -> bool:
        """Whether nothing is said of what belongs together."""
        return self.is_plain and self.groups is None and self.tokens is None

    def pairing(self, shape: tuple[int, int], label: str) -> Pairing:
        """Pair the columns of scores with their rows."""
        if self.positives is None:
            return Pairing.diagonal(shape, self.n_samples, label)
        return Pairing.of_rows(self.positives, shape, label)

    def parts(self, scores: Scores) -> Parts:
        """Give the scores, or those within each group."""
        pairing = self.pairing(scores.shape, scores.label)
        if self.groups is None:
            return [(scores, pairing)]
        if self.groups.shape != (pairing.n_contexts,):
            raise MitoolError(
                f"the groups have the shape {self.groups.shape}, but {scores.label} has "
                f"{pairing.n_contexts} contexts; give a label for each, and in a text file a header"
            )
        if self.groups.dtype.kind == "f" and np.isnan(self.groups).any():
            row = int(np.flatnonzero(np.isnan(self.groups))[0]) + 1
            raise MitoolError(f"the groups have no value in place {row}; each context needs one")
        return [_within(scores, pairing, self.groups == name) for name in np.unique(self.groups)]

    def mean_length(self, n_samples: int) -> float | None:
        """Give the mean number of tokens of a sample, if known."""
        if self.tokens is None:
            return None
        lengths = np.asarray(self.tokens)
        if lengths.shape != (n_samples,):
            raise MitoolError(
                f"the token counts have the shape {lengths.shape}, but there are {n_samples} "
                "samples; give one for each"
            )
        return mean_length(lengths)


def _within(scores: Scores, pairing: Pairing, chosen: NDArray[np.bool_]) -> tuple[Scores, Pairing]:
    contexts, samples = np.flatnonzero(chosen), np.flatnonzero(chosen[pairing.owner])
    owner = np.searchsorted(contexts, pairing.owner[samples])
    return PartOfScores(scores, contexts, samples), Pairing(owner, len(contexts))


def mean_length(lengths: NDArray[Any]) -> float:
    """Give the mean of token counts, which are not below 0 and not all 0."""
    counts = lengths.dtype.kind in "fiu" and bool((lengths >= 0).all()) and lengths.mean() > 0.0
    if not counts:
        raise MitoolError("token counts must be numbers of 0 or more, and not all 0")
    return float(lengths.mean())
