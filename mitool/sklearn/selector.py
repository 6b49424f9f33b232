"""A selector of columns by mutual information, as scikit-learn's pipelines take it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectorMixin
from sklearn.utils.validation import check_is_fitted

from mitool.api.door import errors_in_python
from mitool.choices import Adjustment, TargetKind
from mitool.limits import one_blas_thread
from mitool.measure.settings import Settings
from mitool.result import Estimate
from mitool.screening import Plan, Question
from mitool.screening.family import answered
from mitool.sklearn.candidates import Candidates, Chosen, target_of, warn_of
from mitool.sklearn.choosing import Choice
from mitool.sklearn.validation import jobs, require_parameters, require_target, validated
from mitool.tasks.families import check_adjustment
from mitool.uncertainty import Uncertainty

DEFAULT_PERMUTATIONS = 999


class MISelector(SelectorMixin, BaseEstimator):  # type: ignore[misc]  # sklearn has no types
    """Keep the columns that share most information with the target, or significantly much.

    Columns may be numbers, labels and times side by side, with missing values: each is compared
    with the target on the rows where both have one. The numbers are those of ``mitool screen
    --holdout none`` on the same table.

    Parameters
    ----------
    k
        Keep at most so many, the best. None is 10, or all that are significant under ``alpha``.
    alpha
        Keep only columns whose adjusted p-value is at most this; None tests nothing.
    adjust
        How p-values are adjusted for their number: ``bh`` or ``by`` (false-discovery rate),
        ``holm`` or ``max`` (family-wise error), or ``none``.
    permutations
        Test each column by so many permutations. None is 999 under ``alpha``, else no test.
    estimator, params, seed
        As of `mitool.estimate`; columns are transformed as the estimator wants it.
    discrete, continuous
        Columns whose kind you decide: names, places from 0, or a mask of shape (d,). Others have
        the kind that their values show (``"auto"``).
    target
        ``discrete`` for classes, ``continuous`` for numbers, or ``auto``: as the values show.
    n_jobs
        Threads; None is 1, and -1 or ``"auto"`` as many as the job was granted. Nothing depends
        on it but the time.

    Attributes
    ----------
    scores_
        Nats, shape (d,); NaN where a column cannot be estimated or tells nothing (constants, text
        that names every row differently): a ``MitoolWarning`` says why, and it is never kept.
    pvalues_, adjusted_pvalues_
        Shape (d,); NaN where there is no test.
    estimates_
        A tuple with the `mitool.Estimate` of each column, None where there is none.
    support_
        The mask of the columns that are kept, shape (d,).
    n_features_in_, feature_names_in_
        As of every estimator of scikit-learn.

    Notes
    -----
    Of a data frame with text ``transform`` gives an array of objects; ``set_output`` with
    ``transform="pandas"`` keeps the columns as they are. To learn how strong the dependence of
    what was selected is, estimate it on other rows: the best of many look better than they are.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from mitool.sklearn import MISelector
    >>> X, y = load_wine(return_X_y=True, as_frame=True)
    >>> selector = MISelector(k=2, target="discrete").fit(X, y)
    >>> list(selector.get_feature_names_out())
    ['flavanoids', 'proline']
    >>> noise = X.sample(frac=1, random_state=1).set_axis(X.index).add_suffix("_shuffled")
    >>> found = MISelector(alpha=0.05, permutations=399).fit(X[["ash"]].join(noise), y)
    >>> list(found.get_feature_names_out())
    ['ash']
    """

    def __init__(
        self,
        k: int | None = None,
        *,
        alpha: float | None = None,
        adjust: Adjustment = "bh",
        permutations: int | None = None,
        estimator: str = "auto",
        params: Mapping[str, Any] | None = None,
        discrete: Chosen = "auto",
        continuous: Chosen = None,
        target: TargetKind = "auto",
        seed: int = 0,
        n_jobs: int | str | None = None,
    ) -> None:
        self.k = k
        self.alpha = alpha
        self.adjust = adjust
        self.permutations = permutations
        self.estimator = estimator
        self.params = params
        self.discrete = discrete
        self.continuous = continuous
        self.target = target
        self.seed = seed
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any = None) -> Self:
        """Compare each column of X, of shape (n, d), with the target y, of shape (n,) or (n, m)."""
        require_target(self, y)
        with errors_in_python():
            return self._fitted(X, y)

    def _fitted(self, X: Any, y: Any) -> Self:
        require_parameters(self)
        choice = Choice(self.k, self.alpha)
        candidates = Candidates.among(
            validated(self, X), self.discrete, self.continuous, self.estimator
        )
        estimates, adjusted = self._compared(candidates, self._question(y))
        failures = [note for e in estimates if e.status == "failed" for note in e.remarks]
        warn_of([*candidates.notes, *failures], stacklevel=3)
        self._take(candidates, estimates, adjusted)
        p_values = self.pvalues_ if self.adjust == "none" else self.adjusted_pvalues_
        self.support_ = choice.mask(self.scores_, p_values)
        return self

    def _question(self, y: Any) -> Question:
        """Ask of each column what its mutual information with y is, and whether there is any."""
        usual = None if self.alpha is None else DEFAULT_PERMUTATIONS
        n_permutations = usual if self.permutations is None else self.permutations
        uncertainty = Uncertainty(n_permutations=n_permutations)
        settings = Settings(self.estimator, self.params or {}, seed=self.seed)
        target = target_of(y, self.target)
        return Question(
            target, settings=settings, uncertainty=uncertainty, n_jobs=jobs(self.n_jobs)
        )

    def _compared(
        self, candidates: Candidates, question: Question
    ) -> tuple[Sequence[Estimate], Sequence[float | None]]:
        """Estimate and test all columns as a family, and adjust what the tests give."""
        columns, uncertainty = candidates.variables, question.uncertainty
        candidates.require_rows_of(question.target)
        plan = Plan(adjust=self.adjust)
        if not uncertainty.tests:
            plan = Plan(adjust="none")
        for _ in check_adjustment(plan.adjust, uncertainty, len(columns)):
            pass  # it only has notes where no adjustment was named
        with one_blas_thread():
            return answered(columns, question, plan, lambda done, total: done)

    def _take(
        self,
        candidates: Candidates,
        estimates: Sequence[Estimate],
        adjusted: Sequence[float | None],
    ) -> None:
        """Keep what was found of each column in its place."""
        by_place = dict(zip(candidates.places, estimates, strict=True))
        self.estimates_ = tuple(by_place.get(place) for place in range(len(candidates.names)))
        self.scores_ = candidates.spread(e.mi for e in estimates)
        p_values = [None if e.test is None else e.test.p_value for e in estimates]
        self.pvalues_ = candidates.spread(p_values)
        self.adjusted_pvalues_ = candidates.spread(adjusted)

    def _get_support_mask(self) -> NDArray[np.bool_]:
        check_is_fitted(self)
        support: NDArray[np.bool_] = self.support_
        return support

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        tags.target_tags.required = True
        return tags

    def _more_tags(self) -> dict[str, Any]:
        """Say the same to versions before 1.6."""
        return {"allow_nan": True, "requires_y": True, "X_types": ["2darray", "string"]}
