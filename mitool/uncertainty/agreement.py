"""Whether an interval and a test say the same of dependence."""

from __future__ import annotations

from collections.abc import Iterator

from mitool.result import Estimate, Note
from mitool.result.codes import note_of
from mitool.uncertainty.interval import OWN

ZERO_IF_INDEPENDENT = ("mi", "binned_mi")
"""What is 0 of independent rows, so that 0 in an interval means something."""
NEXT_TO_NONE = 0.01
"""Nats at which quantiles of what is never below 0 begin, where there may be nothing."""


def agreement_notes(estimate: Estimate) -> Iterator[Note]:
    """Say where an interval holds 0 although a test is sure at its level, or the reverse."""
    interval, test = estimate.interval, estimate.test
    if interval is None or test is None or estimate.estimand not in ZERO_IF_INDEPENDENT:
        return
    least = NEXT_TO_NONE if interval.method == OWN else 0.0
    holds, sure = interval.low <= least <= interval.high, test.p_value <= 1.0 - interval.level
    if holds == sure and not (holds and interval.method == OWN):
        words = {"x": estimate.x, "y": estimate.y, "holds": "holds" if holds else "does not hold"}
        columns = (estimate.x, estimate.y or "")
        yield note_of("interval_and_test", columns, p=test.p_value, **words)
