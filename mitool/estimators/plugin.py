"""Paninski (2003), doi:10.1162/089976603321780272: mutual information of counted labels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from mitool.errors import UsageError
from mitool.estimators.corrected import Corrected
from mitool.estimators.labelled import KNOWN, OfLabels, check_known
from mitool.kernels.counts.profiles import Correction

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
class Plugin(Corrected, OfLabels):
    """Observed frequencies put into the definition, with a correction of each entropy if asked.

    James-Stein shrinkage is of the joint table, as in its source: margins are the sums of the
    shrunken table, and ``n_levels`` sets how many levels each column could have.
    """

    correction: Correction = field(
        default="none",
        metadata={
            "help": "correction of the bias of each entropy (Miller-Madow, Grassberger "
            "2003, Chao-Shen, James-Stein shrinkage, delete-one jackknife)"
        },
    )

    n_levels: int | None = field(
        default=None, metadata={"help": f"{KNOWN['help']}; for correction=shrink"}
    )

    bibtex: ClassVar[str] = BIBTEX

    def __post_init__(self) -> None:
        check_known(self.n_levels)
        if self.n_levels is not None and self.correction != "shrink":
            raise UsageError(
                f"n_levels is for correction=shrink; correction={self.correction} takes only "
                "levels that occur"
            )

    def known_levels(self) -> int | None:
        """Give how many levels each column could have, where the user knows."""
        return self.n_levels
