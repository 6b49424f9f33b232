"""Liao, Liu et al. (2024), doi:10.1109/CISS59072.2024.10480166: diffusion spectral entropy.

The entropy of the eigenvalues, to the power t, of the diffusion operator of a kernel graph
(Def. IV.1); it is not Shannon's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, log
from typing import ClassVar

from mitool.estimators.base import Accepted, Value
from mitool.estimators.diffusion import Spectral
from mitool.kernels.gram.side import Side, widths
from mitool.result import Note
from mitool.result.codes import note_of
from mitool.variables import Kind, Variable, Vector

NEAR = 0.1 * log(2.0)  # an entropy this close to its ends says nothing: 0.1 bits
NUMBERS: tuple[Kind, ...] = ("continuous", "mixed")


@dataclass(frozen=True)
class DSE(Spectral):
    """Diffusion spectral entropy of one variable: how many directions its data graph has."""

    accepts: ClassVar[Accepted] = frozenset()
    accepts_alone: ClassVar[frozenset[Kind]] = frozenset(NUMBERS)
    estimand: ClassVar[str] = "dse"
    cost: ClassVar[str] = "time n³ and memory n², or n² d and n r by low rank r"

    def prepare(self, x: Variable) -> Side:
        """Choose the bandwidth, merge equal rows."""
        return Side.of(x, self.bandwidth)

    def entropy(self, x: Side) -> Value:
        """The entropy at the first time; at further times in ``extras``."""
        values, error, rank = self.diffusion().entropies(x.points)
        entropy = float(values[0])
        facts = widths(x) | {"rank": float(rank), "effective_rank": exp(entropy)}
        return Value(
            entropy,
            extras=self.at_times(values),
            facts=facts,
            error_bound=error or None,
            notes=tuple(_range_notes(entropy, x)),
        )

    def eigenvalues(self, x: Side) -> Vector:
        """The spectrum of the diffusion operator, in ascending order."""
        return self.diffusion().spectrum(x.points).values


def _range_notes(entropy: float, x: Side) -> Iterator[Note]:
    """Say so when the bandwidth makes all points one, or each its own."""
    names, width = x.variable.names, x.points.bandwidth
    if len(x.points) < 2 or width is None:
        return
    if entropy < NEAR:
        yield note_of("kernel_too_wide", names, bandwidth=width)
    elif entropy > log(len(x)) - NEAR:
        yield note_of("kernel_too_narrow", names, bandwidth=width)
