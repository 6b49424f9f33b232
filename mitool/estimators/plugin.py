"""Paninski (2003), doi:10.1162/089976603321780272: mutual information of counted labels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from mitool.estimators.base import Value
from mitool.estimators.labels import OfLabels
from mitool.kernels.entropies import CORRECTIONS, Correction, Profile

BIBTEX = """\
@article{paninski2003,
  author = {Paninski, Liam},
  title = {Estimation of Entropy and Mutual Information},
  journal = {Neural Computation},
  volume = {15},
  number = {6},
  pages = {1191--1253},
  year = {2003},
  doi = {10.1162/089976603321780272}
}"""


@dataclass(frozen=True)
class Plugin(OfLabels):
    """Observed frequencies put into the definition, with a correction of each entropy if asked."""

    correction: Correction = field(
        default="none",
        metadata={
            "help": "correction of the bias of each entropy (Miller-Madow, Grassberger "
            "2003, Chao-Shen, James-Stein shrinkage, delete-one jackknife)"
        },
    )

    bibtex: ClassVar[str] = BIBTEX

    def of_counts(self, counts: Profile) -> Value:
        """Give the entropy of a table of counts."""
        return Value(CORRECTIONS[self.correction](counts))
