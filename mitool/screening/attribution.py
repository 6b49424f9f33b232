"""What each column has of the information of all of them together: its Shapley share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mitool.errors import UsageError
from mitool.inference.shapley import EXACT_UP_TO, Members, Shares, exact_shares, sampled_shares
from mitool.parallel import ordered_map
from mitool.screening.question import Question
from mitool.seeds import stream
from mitool.variables import Variable, complete
from mitool.variables.drifting import Steadying

N_ORDERS = 100
"""Orders that are sampled where there are too many columns for all."""


def attributed(columns: Sequence[Variable], question: Question) -> Shares:
    """Split I(all columns; target) among the columns, in nats, on the rows complete in all.

    Exact to 12 columns, by 100 orders drawn by the seed above. ``auto`` may take another estimator
    for some sets of columns than for others; name one where shares are to be compared closely.
    """
    if question.given is not None:
        raise UsageError("shapley splits the information of all columns; leave out -z")
    steady = map(question.settings.steadying, (*columns, question.target))
    kept, _ = complete(*steady, missing=question.settings.missing)
    *players, target = kept
    if question.groups is not None or target is not question.target:
        settings = replace(question.settings, steadying=Steadying())  # as rows follow no more
        question = Question(target, None, None, settings, n_jobs=question.n_jobs)

    def worth(sets: Sequence[Members]) -> list[float]:
        def of(members: Members) -> float:
            return question.measurement(together([players[i] for i in members])).value.mi

        return list(ordered_map(of, sets, question.n_jobs))

    n = len(players)
    if n <= EXACT_UP_TO:
        return exact_shares(worth, n)
    rng = stream(question.settings.seed, "shapley orders")
    return sampled_shares(worth, np.array([rng.permutation(n) for _ in range(N_ORDERS)]))


def together(columns: Sequence[Variable]) -> Variable:
    """Give columns of the same complete rows as one joint variable."""
    if len(columns) == 1:
        return columns[0]
    return Variable(
        tuple(name for column in columns for name in column.names),
        np.ascontiguousarray(np.hstack([column.values for column in columns])),
        tuple(kind for column in columns for kind in column.kinds),
    )
