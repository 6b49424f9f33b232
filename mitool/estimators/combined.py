"""Two estimates that both err low in many dimensions, and the larger of them.

Nearest neighbours lose information as columns are added; a Gaussian copula sees only what is
monotone, and one with the sizes of the scores beside them also what is even (studies/accuracy.md).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from mitool.errors import MitoolError
from mitool.estimators import load
from mitool.estimators.base import NUMERIC, Estimator, Value
from mitool.estimators.parameters import create
from mitool.variables import Rows, Variable

EVEN_ROWS = 4  # rows a column from which on the sizes of the scores can be looked at


@dataclass(frozen=True, eq=False)
class Parts:
    """One variable as each of the partners prepared it."""

    variable: Variable
    by_name: dict[str, Any]

    def __len__(self) -> int:
        return len(self.variable)

    def take(self, rows: Rows) -> Self:
        """Give the same of a selection of rows."""
        return self._each(lambda part: part.take(rows), self.variable.take(rows))

    def permute(self, rows: Rows) -> Self:
        """Give the same with the rows in another order."""
        return self._each(lambda part: part.permute(rows), self.variable.permute(rows))

    def _each(self, change: Any, variable: Variable) -> Self:
        changed = {name: change(part) for name, part in self.by_name.items()}
        return type(self)(variable, changed)


@dataclass(frozen=True)
class KnnOrCopula(Estimator):
    """The larger of ``ksg`` and a Gaussian copula (``gcmi2``, or ``gcmi`` where rows are few)."""

    n_neighbors: int = field(default=3, metadata={"help": "neighbours of each point in ksg"})

    accepts = NUMERIC
    default_transform = "normal"
    jitters_ties = True
    family = "neighbours"
    cost = "as ksg and gcmi2 together"
    bibtex = "\n".join(load(name).bibtex for name in ("ksg", "gcmi"))

    def partners(self) -> dict[str, Estimator]:
        """The estimators whose values are compared."""
        copulas = {name: create(name) for name in ("gcmi", "gcmi2")}
        return {"ksg": create("ksg", {"n_neighbors": self.n_neighbors}), **copulas}

    def prepare(self, x: Variable) -> Parts:
        """Let each partner prepare the variable."""
        return Parts(x, {name: partner.prepare(x) for name, partner in self.partners().items()})

    def join(self, x: Parts, y: Parts) -> Value:
        """Give the larger value; ``extras`` holds both."""
        copula = self._copula(len(x), x.variable.n_dims + y.variable.n_dims)
        partners = self.partners()
        values = {
            name: partners[name].join(x.by_name[name], y.by_name[name]).mi
            for name in ("ksg", copula)
        }
        return Value(max(values.values()), extras=values)

    @staticmethod
    def _copula(n_samples: int, n_dims: int) -> str:
        """Choose the copula that so many rows can carry."""
        if n_samples >= 2 * n_dims + 20:
            return "gcmi2" if n_samples >= EVEN_ROWS * n_dims else "gcmi"
        raise MitoolError(
            f"{n_samples} rows are too few for an estimate over {n_dims} columns (at least "
            f"{2 * n_dims + 20} are needed); use fewer columns, or their leading components"
        )
