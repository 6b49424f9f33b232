"""Bounds of several matrices as one: held-out halves, or the groups of a condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from mitool.errors import MitoolError
from mitool.models.bound_finding import OF_CONTEXTS
from mitool.models.measured_bounds import BoundRequest, Line, measured
from mitool.models.pairing import Pairing
from mitool.models.score_tiles import Scores
from mitool.variables import Vector


@dataclass(frozen=True)
class Evaluated:
    """Lines, how many contexts they rest on, and the largest value these can show."""

    lines: list[Line]
    n_contexts: int
    ceiling: float
    n_dropped: int = 0
    facts: Mapping[str, float] = field(default_factory=dict)


def over_parts(parts: Sequence[tuple[Scores, Pairing]], request: BoundRequest) -> Evaluated:
    """Average over parts, leaving out contexts one by one."""
    lines = [measured(*part, request) for part in parts]
    sizes = np.array([pairing.n_contexts for _, pairing in parts])
    shares = sizes / sizes.sum()
    averaged = [_averaged(same, shares) for same in zip(*lines, strict=True)]
    return Evaluated(averaged, int(sizes.sum()), float(shares @ np.log(sizes)))


def _averaged(lines: Sequence[Line], shares: Vector) -> Line:
    mean = float(np.dot(shares, [line.value for line in lines]))
    moved = [
        mean + share * (line.without - line.value)
        for share, line in zip(shares, lines, strict=True)
        if line.without is not None
    ]
    without = np.concatenate(moved) if len(moved) == len(lines) else None
    return replace(_shared(lines, shares), without=without)


def _shared(lines: Sequence[Line], shares: Vector) -> Line:
    """Give the weighted means of what all lines have."""
    first = lines[0]
    value = float(np.dot(shares, [line.value for line in lines]))
    transposed, half, quarter = (_weighted(lines, name, shares) for name in OF_CONTEXTS)
    return Line(first.name, first.form, value, transposed, half, quarter)


def _weighted(lines: Sequence[Line], name: str, shares: Vector) -> float | None:
    values = [getattr(line, name) for line in lines]
    return None if None in values else float(np.dot(shares, values))


def over_groups(groups: Sequence[tuple[Scores, Pairing]], request: BoundRequest) -> Evaluated:
    """Average over the groups of two or more contexts, leaving out groups one by one."""
    kept = [group for group in groups if group[1].n_contexts > 1]
    if not kept:
        raise MitoolError(
            "every group has one context; a bound compares the pairs of a group with one another"
        )
    plain = replace(request, level=None)
    lines = [measured(*group, plain) for group in kept]
    sizes = np.array([pairing.n_contexts for _, pairing in kept], dtype=np.float64)
    averaged = [_leaving_groups(same, sizes, request) for same in zip(*lines, strict=True)]
    dropped = len(groups) - len(kept)
    facts = {"groups": len(kept), "groups_dropped": dropped}
    ceiling = float(sizes @ np.log(sizes)) / float(sizes.sum())
    return Evaluated(averaged, int(sizes.sum()), ceiling, dropped, facts)


def _leaving_groups(lines: Sequence[Line], sizes: Vector, request: BoundRequest) -> Line:
    """Average over groups, with the average without each group for the jackknife."""
    line = _shared(lines, sizes / sizes.sum())
    if request.level is None:
        return line
    left = sizes.sum() - sizes
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.array([each.value for each in lines])
        return replace(line, without=(sizes @ values - sizes * values) / left)
