"""Nats inside, bits on request: the only place that knows the factor between them."""

from __future__ import annotations

from math import log

from mitool.choices import Unit

PER_NAT: dict[Unit, float] = {"nats": 1.0, "bits": 1.0 / log(2.0)}


def in_nats(value: float | None, unit: Unit) -> float | None:
    """Give in nats what a user gave in the unit of the report, if anything."""
    return None if value is None else value / PER_NAT[unit]
