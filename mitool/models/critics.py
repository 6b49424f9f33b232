"""Critics fitted to embeddings: a temperature of cosines, or a bilinear form.

Fitted to the rows that it is evaluated on a critic claims information that is not there, so it is
fitted on one half and evaluated on the other, and back.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log

import numpy as np

from mitool.choices import Critic
from mitool.models.embeddings import Embeddings, ProductScores, cosine_scores
from mitool.variables import Matrix, Vector

MOST_ROWS_TO_FIT = 2000
"""A critic has few parameters: more rows cost time and change little."""
TEMPERATURES = (1e-3, 1e2)
PENALTY = 1e-3
"""Of the squares of a bilinear form, so that it stays finite where the halves are separable."""
LEAST_SPREAD = 0.3
"""Of a column, beside the root mean square of all: one that hardly varies in one half of the rows
may vary in the other, and would then be all that a critic sees."""
NEAR = 300.0
"""How far the largest scores of rows and columns may lie apart to share one exponent."""
MOST_STEPS = 200


@dataclass(frozen=True, eq=False)
class FittedCritic:
    """What was fitted: a temperature, or a bilinear form of standardised columns."""

    temperature: float | None = None
    form: Matrix | None = None
    scale: tuple[Vector, Vector, Vector, Vector] | None = None

    def scores(self, embeddings: Embeddings) -> ProductScores:
        """Score rows that it was not fitted to."""
        if self.temperature is not None:
            return cosine_scores(embeddings, self.temperature)
        assert self.form is not None
        assert self.scale is not None
        a, b = _standardised(embeddings, self.scale)
        return ProductScores(embeddings.label, a @ self.form, b)


def fitted(embeddings: Embeddings, fit: Critic) -> FittedCritic:
    """Fit a critic by the mean of both directions of ``infonce``; of many rows the first 2,000."""
    some = embeddings.take(np.arange(min(len(embeddings.a), MOST_ROWS_TO_FIT)))
    return _fitted_temperature(some) if fit == "temperature" else _fitted_form(some)


def _fitted_temperature(embeddings: Embeddings) -> FittedCritic:
    from scipy.optimize import minimize_scalar

    cosines = cosine_scores(embeddings, 1.0)
    products = cosines.rows(0, len(embeddings.a))
    low, high = (log(bound) for bound in TEMPERATURES)
    best = minimize_scalar(
        lambda t: _loss(products * exp(-t))[0], bounds=(low, high), method="bounded"
    )
    return FittedCritic(temperature=exp(float(best.x)))


def _fitted_form(embeddings: Embeddings) -> FittedCritic:
    from scipy.optimize import minimize

    scale = _scale(embeddings)
    a, b = _standardised(embeddings, scale)
    shape = (a.shape[1], b.shape[1])

    def objective(flat: Vector) -> tuple[float, Vector]:
        form = flat.reshape(shape)
        loss, slope = _loss((a @ form) @ b.T)
        gradient = a.T @ (slope @ b) + 2.0 * PENALTY * form
        return loss + PENALTY * float((form**2).sum()), gradient.ravel()

    start = np.zeros(shape[0] * shape[1])
    best = minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": MOST_STEPS})
    return FittedCritic(form=best.x.reshape(shape), scale=scale)


def _scale(embeddings: Embeddings) -> tuple[Vector, Vector, Vector, Vector]:
    """Give mean and spread of each column of both sides, the spread no less than a share of all."""
    found = []
    for side in (embeddings.a, embeddings.b):
        spread = side.std(axis=0)
        least = LEAST_SPREAD * float(np.sqrt(np.mean(spread**2))) or 1.0
        found += [side.mean(axis=0), np.maximum(spread, least) * np.sqrt(side.shape[1])]
    return found[0], found[1], found[2], found[3]


def _standardised(
    embeddings: Embeddings, scale: tuple[Vector, Vector, Vector, Vector]
) -> tuple[Matrix, Matrix]:
    """Give both sides with a constant column, so that a form has offsets of each side too."""
    mean_a, spread_a, mean_b, spread_b = scale
    ones = np.ones((len(embeddings.a), 1))
    a, b = (embeddings.a - mean_a) / spread_a, (embeddings.b - mean_b) / spread_b
    return np.hstack([a, ones]), np.hstack([b, ones])


def _loss(scores: Matrix) -> tuple[float, Matrix]:
    """Give the cross-entropy of the pairs, the mean over rows and columns, and its gradient."""
    n = len(scores)
    slope = -2.0 * np.eye(n)
    loss = -2.0 * float(np.trace(scores))
    tops = [scores.max(axis=axis, keepdims=True) for axis in (0, 1)]
    level = float(tops[0].max())
    is_near = level - min(float(top.min()) for top in tops) < NEAR
    shares = np.exp(scores - level) if is_near else scores
    for axis, top in enumerate(tops):
        if not is_near:
            shares = np.exp(scores - top)
        total = shares.sum(axis=axis, keepdims=True)
        loss += float(np.sum(np.log(total) + (level if is_near else top)))
        slope += shares / total
    return loss / (2 * n), slope / (2 * n)
