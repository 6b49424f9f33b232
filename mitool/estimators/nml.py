"""Rissanen (1996), doi:10.1109/18.481776: mutual information as the code length it saves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from mitool.estimators.base import Value
from mitool.estimators.labelled import OfLabels
from mitool.kernels.counts.complexity import log_complexity
from mitool.kernels.counts.profiles import Profile, plugin

BIBTEX = """\
@article{rissanen1996,
  author = {Rissanen, Jorma J.},
  title = {Fisher Information and Stochastic Complexity},
  journal = {IEEE Transactions on Information Theory},
  volume = {42},
  number = {1},
  pages = {40--47},
  year = {1996},
  doi = {10.1109/18.481776}
}"""


@dataclass(frozen=True)
class NML(OfLabels):
    """Code length a row that the pair saves: positive where a dependence pays for its parameters.

    The normalised maximum likelihood of the table has a cell for every pair of observed levels.
    """

    entropy_estimand: ClassVar[str] = "code_length"
    bibtex: ClassVar[str] = BIBTEX

    def of_counts(self, counts: Profile) -> Value:
        """Give the code length per row of a table of counts."""
        n = counts.n
        return Value(plugin(counts) + log_complexity(counts.n_levels, int(n)) / n)
