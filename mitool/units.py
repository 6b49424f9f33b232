"""Nats inside, bits on request: the only place that knows the factor between them."""

from __future__ import annotations

from math import log

from mitool.choices import Unit

PER_NAT: dict[Unit, float] = {"nats": 1.0, "bits": 1.0 / log(2.0)}
