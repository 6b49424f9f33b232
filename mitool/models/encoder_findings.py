"""What a Gaussian encoder says besides the bounds of all scores: its rate, and what it wastes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mitool.inference.jackknife import delete_one
from mitool.models.bound_finding import BoundFinding
from mitool.models.gaussian_encoder import GaussianEncoder
from mitool.models.measured_bounds import BoundRequest, measured
from mitool.models.pairing import Pairing
from mitool.models.score_tiles import Scores
from mitool.result import Interval
from mitool.variables import Vector


def encoder_findings(
    encoder: GaussianEncoder, scores: Scores, pairing: Pairing, request: BoundRequest
) -> list[BoundFinding]:
    """Give ``rate``, ``marginal-kl`` (rate - included) and ``active-units``.

    Alemi et al. (2018), arXiv:1711.00464: the rate is an upper bound of I(X; Z), and what it
    exceeds it by is KL(q(z) ‖ N(0, I)), which rate - included is above in expectation.
    """
    rates, n = encoder.rates, pairing.n_contexts
    (included,) = measured(scores, pairing, replace(request, names=("included",)))
    rate = float(rates.mean())
    without = (rates.sum() - rates) / (n - 1)
    plain = BoundFinding(encoder.label, None, "rate", rate, kind="upper", n_used=n)
    return [
        replace(plain, interval=_interval(rate, without, request)),
        replace(
            plain,
            estimator="marginal-kl",
            estimand="marginal_kl",
            mi=rate - included.value,
            interval=_interval(rate - included.value, _less(without, included.without), request),
        ),
        replace(
            plain,
            estimator="active-units",
            estimand="active_units",
            mi=float(encoder.n_active),
            unit=None,
            kind="estimate",
        ),
    ]


def _less(without: Vector, included: Vector | None) -> Vector:
    return without if included is None else np.asarray(without - included)


def _interval(value: float, without: Vector, request: BoundRequest) -> Interval | None:
    return None if request.level is None else delete_one(value, without, request.level)
