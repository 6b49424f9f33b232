"""What bounds are asked of: scores, long tables, Gaussian encoders and embeddings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from mitool.choices import Critic, Densities
from mitool.errors import MitoolError, UsageError
from mitool.models.belonging import Belonging, Parts
from mitool.models.bound_finding import BoundFinding, Subject
from mitool.models.bounding import bound_findings
from mitool.models.critics import fitted
from mitool.models.embeddings import Embeddings, cosine_scores
from mitool.models.encoder_findings import encoder_findings
from mitool.models.gaussian_encoder import EncoderScores, GaussianEncoder
from mitool.models.long_scores import read_long
from mitool.models.measured_bounds import BoundRequest
from mitool.models.pairing import Pairing
from mitool.models.score_tiles import ArrayScores, Scores, turned
from mitool.seeds import stream, task_name
from mitool.tables import Table
from mitool.tables.arrayreader import Array
from mitool.variables import Matrix


@dataclass(frozen=True, eq=False)
class ScoreQuestion:
    """Which bounds are wanted of what is given, and how its scores are to be read."""

    request: BoundRequest
    belonging: Belonging = field(default_factory=Belonging)
    densities: Densities = "model"
    temperature: float | None = None
    fit: Critic = "none"
    seed: int = 0

    def of_scores(self, label: str, array: Array) -> list[BoundFinding]:
        """Bound by a matrix of scores; rows are contexts unless the request says."""
        self._refuse_critics()
        request, belonging = self.request, self.belonging
        scores = ArrayScores(label, array)
        if self.densities == "true" and not request.log_probs:
            raise UsageError("--densities is of log-densities; add --log-probs")
        if request.contexts == "columns":
            if not request.log_probs:
                raise UsageError("--contexts is of log-densities; add --log-probs")
            scores = scores if belonging.is_plain else turned(scores)
        subject = Subject(
            label,
            belonging.group_name,
            is_true_density=self.densities == "true",
            n_tokens=belonging.mean_length(scores.shape[1]),
        )
        grouped = belonging.groups is not None
        return bound_findings(belonging.parts(scores), subject, request, by_group=grouped)

    def of_long(self, table: Table, by: str | None) -> list[BoundFinding]:
        """Bound by log-probabilities in long form, within groups if it has any."""
        self._refuse_critics()
        if not self.belonging.is_plain or self.belonging.tokens is not None:
            raise UsageError(
                "a long table says itself what belongs together, in its columns; leave out "
                "--samples, --positives and --tokens"
            )
        self._refuse_axis()
        found = read_long(table, by)
        subject = Subject(
            table.label,
            (by or "group") if found.is_grouped else None,
            is_true_density=self.densities == "true",
            n_tokens=found.n_tokens,
        )
        request = replace(self.request, log_probs=True)
        return bound_findings(found.parts, subject, request, by_group=found.is_grouped)

    def of_encoder(
        self, label: str, mu: Matrix, logvar: Matrix, z: Matrix | None
    ) -> list[BoundFinding]:
        """Bound by a Gaussian encoder; ``z`` is drawn where it is not given."""
        self._refuse_critics()
        self._refuse_axis()
        encoder, belonging = GaussianEncoder(label, mu, logvar), self.belonging
        drawn = encoder.drawn(belonging.n_samples, self.seed) if z is None else z
        scores = EncoderScores(encoder, drawn)
        request = replace(self.request, log_probs=True, contexts="rows")
        origin = f"drawn, seed {self.seed}" if z is None else "given"
        subject = Subject(
            label,
            belonging.group_name,
            {"z": origin},
            is_true_density=True,
            n_tokens=belonging.mean_length(len(drawn)),
        )
        if belonging.groups is not None:
            return bound_findings(belonging.parts(scores), subject, request, by_group=True)
        (part,) = belonging.parts(scores)
        bounds = bound_findings([part], subject, request)
        return bounds if request.names else [*encoder_findings(encoder, *part, request), *bounds]

    def of_embeddings(self, label: str, a: Matrix, b: Matrix) -> list[BoundFinding]:
        """Bound by two embeddings, with a temperature that is given, or with a fitted critic."""
        if not self.belonging.is_bare:
            raise UsageError(
                "rows of two embeddings are paired one to one; leave out --samples, --positives, "
                "--by and --tokens"
            )
        if self.request.log_probs:
            raise UsageError("cosines are no log-densities; leave out --log-probs")
        self._refuse_axis()
        pair, subject = Embeddings.checked(label, a, b), Subject(label)
        if self.fit != "none":
            if self.temperature is not None:
                raise UsageError("--temperature and --fit exclude each other; leave one out")
            parts, params = _held_out(pair, self.fit, self.seed)
            return bound_findings(parts, replace(subject, params=params), self.request)
        t = self.temperature
        if t is None or not 0.0 < t < np.inf:
            raise UsageError(
                "cosines are divided by a temperature above 0: give that of the model by "
                "--temperature, or --fit temperature" + ("" if t is None else f"; got {t:g}")
            )
        scores = cosine_scores(pair, t)
        subject = replace(subject, params={"temperature": t})
        return bound_findings([(scores, _diagonal(scores))], subject, self.request)

    def _refuse_axis(self) -> None:
        if self.request.contexts == "columns":
            raise UsageError("--contexts is of a matrix of log-densities; leave it out here")

    def _refuse_critics(self) -> None:
        if self.temperature is not None or self.fit != "none":
            raise UsageError("--temperature and --fit are of two embeddings; add --embeddings")


def _diagonal(scores: Scores) -> Pairing:
    return Pairing.diagonal(scores.shape, 1, scores.label)


def _held_out(embeddings: Embeddings, fit: Critic, seed: int) -> tuple[Parts, dict[str, Any]]:
    """Fit on one half of the rows and score the other, and back."""
    n = len(embeddings.a)
    if n < 4:
        raise MitoolError(f"{embeddings.label}: --fit needs at least 4 rows, 2 a half, got {n}")
    order = stream(seed, task_name("bounds", "halves")).permutation(n)
    halves = [order[: n // 2], order[n // 2 :]]
    critics = [fitted(embeddings.take(half), fit) for half in halves]
    scores = [
        critic.scores(embeddings.take(half))
        for critic, half in zip(critics, reversed(halves), strict=True)
    ]
    known = [critic.temperature for critic in critics if critic.temperature is not None]
    params = {"fit": fit, **({"temperature": known} if known else {})}
    return [(each, _diagonal(each)) for each in scores], params
