"""What is asked of a model's predictions, whatever they are, and the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from mitool.choices import Unit
from mitool.errors import UsageError
from mitool.models.classes.class_findings import ClassRequest, class_findings, class_records
from mitool.models.classes.class_rows import ClassRows, Form, check_prior, labels_among
from mitool.models.classes.ensemble_findings import (
    ITEM_FIELDS,
    Ensemble,
    ensemble_findings,
    item_records,
)
from mitool.models.classes.prediction_files import Given
from mitool.models.classes.token_findings import (
    TOKEN_FIELDS,
    TokenRequest,
    TokenSequence,
    sequence_of,
    token_findings,
    token_records,
)
from mitool.models.finding import Finding
from mitool.result.fields import Field

CLASS_FIELDS = (
    Field("row", "integer"),
    Field("label", "integer"),
    Field("log_loss", "number"),
    Field("semantic", "number"),
    Field("unit"),
)
"""The columns of a file of rows, whose means are the bounds; ``label`` numbers the class."""


@dataclass(frozen=True)
class Answer:
    """Findings, and what each row, item or token adds: columns and their records in a unit."""

    findings: Sequence[Finding]
    pointwise_fields: Sequence[Field]
    pointwise: Callable[[Unit], Iterator[dict[str, Any]]]


@dataclass(frozen=True)
class PredictionQuestion:
    """How the numbers are read, and what is asked of them; ``prior`` of classes or members.

    ``of_sets`` names the options of conformal sets that the user gave: they need labels.
    """

    form: Form = "probabilities"
    axes: str | None = None
    classes: ClassRequest = field(default_factory=ClassRequest)
    tokens: TokenRequest = field(default_factory=TokenRequest)
    prior: Any = None
    of_sets: tuple[str, ...] = ()

    def of_sequences(self, sequences: Sequence[TokenSequence]) -> Answer:
        """Answer for sequences of tokens."""
        findings = list(token_findings(sequences, self.tokens))
        return Answer(
            findings, TOKEN_FIELDS, lambda unit: token_records(sequences, self.tokens, unit)
        )

    def of_tokens(self, given: Given) -> Answer:
        """Answer for an array of token distributions, one a row."""
        return self.of_sequences([sequence_of(given.name, given.values, self.form)])

    def of(self, given: Given) -> Answer:
        """Answer for class probabilities and labels, or for an ensemble where axes are named."""
        return self._of_rows(given) if self.axes is None else self._of_ensemble(given)

    def _of_rows(self, given: Given) -> Answer:
        rows = given.rows(self.form)
        request = self.classes
        if self.prior is not None:
            request = replace(request, prior=check_prior(self.prior, rows.n_classes, "classes"))
        findings = list(class_findings(rows, request))
        return Answer(findings, CLASS_FIELDS, lambda unit: class_records(rows, unit))

    def _of_ensemble(self, given: Given) -> Answer:
        """Answer for the members, and for their mean prediction where there are labels."""
        assert self.axes is not None  # the caller looked
        ensemble = Ensemble.of(given.name, given.values, self.axes, self.form, self.prior)
        found = ensemble.spread
        findings = list(ensemble_findings(ensemble, found, self.classes.level))
        if given.labels is None:
            refuse_idle(dict.fromkeys(self.of_sets, True), f"{given.name} has no labels")
        else:
            findings += class_findings(_of_the_mean(ensemble, given), self.classes)
        return Answer(findings, ITEM_FIELDS, lambda unit: item_records(found, unit))


def _of_the_mean(ensemble: Ensemble, given: Given) -> ClassRows:
    _, n_items, n_classes = ensemble.probs.shape
    labels = labels_among(given.labels, n_items, n_classes, given.name, given.classes)
    with np.errstate(divide="ignore"):
        logs = np.log(np.average(ensemble.probs, axis=0, weights=ensemble.prior))
    return ClassRows(given.name, logs, labels)


def form_of(*, logits: bool, log_probs: bool, truth: bool) -> Form:
    """Give the one form that is asked for; probabilities if none is."""
    forms: dict[Form, bool] = {"logits": logits, "log-probs": log_probs, "truth": truth}
    chosen = [form for form, wanted in forms.items() if wanted]
    if len(chosen) > 1:
        raise UsageError(f"--{chosen[0]} and --{chosen[1]} cannot both be meant")
    return chosen[0] if chosen else "probabilities"


def refuse_idle(given: dict[str, bool], why: str) -> None:
    """Refuse options that would be ignored."""
    idle = [name for name, is_given in given.items() if is_given]
    if idle:
        raise UsageError(f"{', '.join(idle)} would be ignored: {why}")
