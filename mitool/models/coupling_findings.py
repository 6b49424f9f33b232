"""What couplings tell of marginals: the most they can share, and what was seen of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from mitool.errors import UsageError
from mitool.models.couplings import Coupling, entropy_of, greedy_coupling, meet
from mitool.models.entropy_bottleneck import entropy_bottleneck
from mitool.models.finding import FINDING_FIELDS, Finding
from mitool.models.marginals import Marginal, Marginals
from mitool.result.fields import Field

Columns = Mapping[str, Sequence[Any]]
MASS = Field("mass", "number")
LOSSES = ("gap", "loss_in_sample")


@dataclass(frozen=True, repr=False)
class CouplingFinding(Finding):
    """A finding with a table beside it: the cells of a coupling, or where each level goes.

    ``table`` maps the names of its columns to their values; a report does not hold it. ``gap`` is
    what a bottleneck may lack of its rate, ``loss_in_sample`` what merging lost where it was done.
    """

    fields: ClassVar[tuple[Field, ...]] = (
        *FINDING_FIELDS,
        *(Field(name, "number") for name in LOSSES),
    )
    in_unit: ClassVar[tuple[str, ...]] = (*Finding.in_unit, *LOSSES)

    gap: float | None = None
    loss_in_sample: float | None = None
    table: Columns | None = field(default=None, compare=False)


def table_fields(table: Columns) -> list[Field]:
    """Give the columns of a table of masses: the last is a number, the others are names."""
    *names, _ = table
    return [*(Field(name) for name in names), MASS]


def coupling_findings(marginals: Marginals) -> list[CouplingFinding]:
    """Give both bounds of what the marginals can share, and what was seen of it.

    Of two marginals that is mutual information, of more total correlation.
    """
    parts = marginals.parts
    masses = [part.masses for part in parts]
    coupling, least = greedy_coupling(masses), entropy_of(meet(masses))
    extras, separate = _entropies(parts), sum(part.entropy for part in parts)
    upper = CouplingFinding(
        x=parts[0].name,
        y=",".join(part.name for part in parts[1:]),
        estimator="majorisation",
        mi=separate - least,
        estimand="max_mi" if len(parts) == 2 else "max_total_correlation",
        kind="upper",
        extras={**extras, "joint_entropy": least},
        n_used=marginals.n_rows,
        n_dropped=marginals.n_dropped,
    )
    lower = replace(
        upper,
        estimator="greedy-coupling",
        mi=separate - coupling.entropy,
        kind="lower",
        extras={**extras, "joint_entropy": coupling.entropy},
        facts={"cells": len(coupling.masses)},
        table=_cells(coupling, parts),
    )
    return [lower, upper, *_seen(marginals, upper, separate, separate - coupling.entropy)]


def _entropies(parts: Sequence[Marginal]) -> dict[str, float]:
    if len(parts) < 2:
        raise UsageError(f"a coupling is of two or more marginals, got {len(parts)}")
    return {f"entropy_{name}": part.entropy for name, part in zip("xyz", parts, strict=False)}


def _seen(
    marginals: Marginals, upper: CouplingFinding, separate: float, greedy: float
) -> list[CouplingFinding]:
    """Give what was seen, and its share of the most: beside the bound, and beside the coupling."""
    joint = marginals.joint_entropy
    if joint is None or upper.mi is None:
        return []
    found = separate - joint
    most = max(found, greedy)
    return [
        replace(
            upper,
            estimator="plugin",
            estimand=upper.estimand.removeprefix("max_"),
            mi=found,
            kind="estimate",
            normalized=found / upper.mi if upper.mi > 0.0 else None,
            ceiling=upper.mi,
            extras={**upper.extras, "joint_entropy": joint},
            facts={"share_of_greedy": found / most} if most > 0.0 else {},
        )
    ]


def _cells(coupling: Coupling, parts: Sequence[Marginal]) -> Columns:
    named = {
        part.name: [part.levels[level] for level in coupling.levels[:, place]]
        for place, part in enumerate(parts)
    }
    return {**named, "mass": coupling.masses.tolist()}


def bottleneck_findings(marginals: Marginals, rate: float) -> list[CouplingFinding]:
    """Map each marginal to one of entropy ``rate`` (nats) that keeps what a greedy map keeps."""
    if not 0.0 <= rate < float("inf"):
        raise UsageError(f"--bottleneck is an entropy of 0 or more, got {rate:g}")
    found = []
    for part in marginals.parts:
        mapped = entropy_bottleneck(part.masses, rate)
        finding = CouplingFinding(
            x=part.name,
            y=None,
            estimator="entropy-bottleneck",
            mi=mapped.information,
            estimand="bottleneck_mi",
            kind="lower",
            ceiling=min(rate, part.entropy),
            extras={"entropy": mapped.entropy, "rate": rate},
            gap=rate - mapped.information,
            facts={"levels": len(set(mapped.target.tolist())), "split": len(mapped.split)},
            n_used=marginals.n_rows,
            n_dropped=marginals.n_dropped,
            table=_map(part, mapped.target.tolist(), mapped.split.tolist(), mapped.other,
                       mapped.share),
        )  # fmt: skip
        found.append(finding)
    return found


def _map(part: Marginal, target: list[int], split: list[int], other: int, share: float) -> Columns:
    """Give the mass that goes from each level to each it is mapped to."""
    moves = []
    for level, place in enumerate(target):
        moved = share if level in set(split) else 0.0
        moves += [(level, place, 1.0 - moved), (level, other, moved)]
    kept = [(a, b, part.masses[a] * chance) for a, b, chance in moves if chance > 0.0]
    return {
        part.name: [part.levels[level] for level, _, _ in kept],
        "goes_to": [part.levels[place] for _, place, _ in kept],
        "mass": [float(mass) for _, _, mass in kept],
    }
