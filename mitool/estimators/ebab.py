"""Chelombiev, Houghton & O'Donnell (2019), arXiv:1902.09037: entropy-based adaptive bins."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.estimators.base import ANY, Accepted
from mitool.estimators.corrected import Corrected
from mitool.estimators.parameters import check_at_least
from mitool.kernels.counts.coded import Coded
from mitool.kernels.counts.distinctbins import (
    cells_between,
    code_cells,
    distinct,
    distinct_edges,
    low_edge,
)
from mitool.kernels.counts.profiles import Correction
from mitool.variables import Variable

LOW = {"relu": 0.0, "tanh": -1.000001}
"""The lowest edge by the activation: of those that are 0 or more, and of those from -1 on."""

BIBTEX = """\
@inproceedings{chelombiev2019,
  author = {Chelombiev, Ivan and Houghton, Conor and O'Donnell, Cian},
  title = {Adaptive Estimators Show Information Compression in Deep Neural Networks},
  booktitle = {International Conference on Learning Representations},
  year = {2019}
}"""


@dataclass(frozen=True)
class EBAB(Corrected):
    """Numbers in bins of equally many distinct values: the information of the bins, for layers.

    All columns of a variable share their edges, as the units of a layer do, unless ``scope`` is
    column. Values at the low edge, such as the zeros of ReLU, and the largest are cells of their
    own, so that 30 bins make 32 cells.

    The authors' program rounds edges to 32 bits, so that values of 64 that equal an edge may fall
    to its other side; here they are compared as they are.
    """

    n_bins: int = field(default=30, metadata={"help": "bins of equally many distinct values"})
    scope: Literal["layer", "column"] = field(
        default="layer", metadata={"help": "edges for all columns together, or for each"}
    )
    low: float | Literal["auto", "relu", "tanh"] = field(
        default="auto",
        metadata={
            "help": "lowest edge: a number, relu (0; softplus too), tanh (-1.000001; ELU too), or "
            "auto: 0 if no value is below, else just below the least"
        },
    )
    correction: Correction = field(
        default="none", metadata={"help": "correction of the bias of each entropy, as in plugin"}
    )

    accepts: ClassVar[Accepted] = ANY
    estimand: ClassVar[str] = "binned_mi"
    entropy_estimand: ClassVar[str] = "binned_entropy"
    bibtex: ClassVar[str] = BIBTEX
    cost: ClassVar[str] = "O(n d log(n d)) time, O(n d) memory"

    def __post_init__(self) -> None:
        check_at_least("n_bins", self.n_bins, 1)

    def prepare(self, x: Variable) -> Coded:
        """Cut the columns and code the joint rows; labels are coded as they are."""
        if x.kind == "discrete":
            return super().prepare(x)
        edges = self.edges_of(x.values, x.name)
        return code_cells(self.cells(x.values, edges)).packed()

    def edges_of(self, values: NDArray[Any], name: str) -> list[NDArray[Any]]:
        """Give the edges of all columns of ``values`` (n, d), one array for each where they differ.

        ``name`` is what messages call them.
        """
        parts = values.T if self.scope == "column" else [values]
        return [self.edges_among(distinct(part), name) for part in parts]

    def edges_among(self, levels: NDArray[Any], name: str) -> NDArray[Any]:
        """Give the edges by distinct values in ascending order."""
        low = low_edge(levels[0]) if self.low == "auto" else self._low(levels.dtype)
        if levels[0] < low:
            raise MitoolError(
                f"{name!r} holds {levels[0]:.6g}, below the low edge {float(low):.6g}; use -p "
                "low=auto, or a number that no value is below"
            )
        return distinct_edges(levels, self.n_bins, low)

    def cells(self, values: NDArray[Any], edges: list[NDArray[Any]]) -> NDArray[Any]:
        """Give the cell of each value, (n, d), by the edges that ``edges_of`` gave."""
        if len(edges) == 1:
            return cells_between(values, edges[0])
        pairs = zip(values.T, edges, strict=True)
        return np.column_stack([cells_between(column, own) for column, own in pairs])

    def _low(self, dtype: np.dtype[Any]) -> Any:
        return dtype.type(LOW.get(str(self.low), self.low))
