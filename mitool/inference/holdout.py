"""Rows kept aside, so that what was chosen on some rows is reported from others.

The reusable holdout: Dwork, Feldman, Hardt, Pitassi, Reingold & Roth (2015),
doi:10.1126/science.aaa9375, algorithm Thresholdout.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np

from mitool.errors import MitoolError
from mitool.inference.sampling_units import Units
from mitool.seeds import stream
from mitool.variables import Rows, Vector

SCHEMA = "mitool.budget/2"
THRESHOLD = 0.04
DEVIATIONS = 4.0
"""Standard errors of the difference of both means that make the threshold, if that is less: of
10,000 rows of coins, for which the paper takes 0.04, they are 0.028; information that is near 0
has terms that deviate by a tenth of what coins do."""
NOISE_SHARE = 0.25
"""Of the threshold, what the noise is scaled to, as in the paper."""
NOISE_QUANTILE = 10.3
"""The 0.95 quantile of the sum of Laplace noise of scales 2 and 4: the root t of
(16 exp(-t/4) - 4 exp(-t/2)) / 24 = 0.05."""


def split(units: Units, share: float, rng: np.random.Generator) -> tuple[Rows, Rows]:
    """Split rows into a part to choose on and a part to report from, ``share`` of the units.

    Blocks in time are cut once: the later rows are reported from. Rows and groups are drawn.
    """
    n_units = len(units)
    n_reported = round(share * n_units)
    if not 0 < n_reported < n_units:
        raise MitoolError(
            f"a holdout of {share:g} of {n_units} {units.kind} leaves one part empty; "
            "use --holdout none or another --holdout-share"
        )
    order = np.arange(n_units) if units.kind == "blocks" else rng.permutation(n_units)
    chosen_on, reported = order[: n_units - n_reported], order[n_units - n_reported :]
    return units.in_file_order(chosen_on), units.in_file_order(reported)


def digest_of(*arrays: np.ndarray) -> str:
    """Give a short name of data that changes when any value does, or where an array ends."""
    whole = blake2b(digest_size=16)
    for array in arrays:
        whole.update(len(array).to_bytes(8, "little"))
        whole.update(np.ascontiguousarray(array).tobytes())
    return whole.hexdigest()


@dataclass
class Budget:
    """What a reusable holdout has left, and every answer it gave; kept in a file between runs.

    A query is a mean of per-row terms scaled to [0, 1]. The answer is the training mean while
    both means agree within a threshold: ``threshold`` or, if less, ``DEVIATIONS`` standard errors
    by the spread of the training terms; else the holdout mean with noise, which costs one.
    ``slack`` is the noise of the threshold in units of ``noise``.
    ``data`` names the split of the rows; ``columns`` holds a digest of every column seen, so that
    one budget serves whatever is asked of the same rows; ``salt`` makes noise differ between data.
    """

    data: str
    total: int
    seed: int
    left: int
    threshold: float = THRESHOLD
    salt: str = ""
    n_draws: int = 0
    slack: float | None = None
    columns: dict[str, str] = field(default_factory=dict)
    answers: dict[str, float] = field(default_factory=dict)

    @classmethod
    def fresh(cls, data: str, total: int, seed: int, salt: str = "") -> Budget:
        """Start a budget of so many answers from the holdout."""
        if total < 1:
            raise MitoolError(f"a holdout budget must be at least 1, got {total}")
        return cls(data, total, seed, left=total, salt=salt)

    @classmethod
    def load(cls, path: Path, data: str) -> Budget:
        """Read a budget, which must be of the same rows in the same split."""
        try:
            content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if content.pop("schema", None) != SCHEMA:
                raise ValueError
            record = cls(**content)
        except (ValueError, TypeError, AttributeError) as error:
            raise MitoolError(f"{path} is not a budget file of mitool; name another") from error
        if record.data != data:
            raise MitoolError(
                f"budget file {path} belongs to other data, or to another split of them; "
                "use its data and --seed, or start a new file"
            )
        return record

    def recognise(self, columns: Mapping[str, str]) -> None:
        """Take note of the digests of columns, which must be those of any run before."""
        for name, digest in columns.items():
            if self.columns.setdefault(name, digest) != digest:
                raise MitoolError(
                    f"the budget file belongs to other data: column {name!r} had other values; "
                    "use its data, or start a new file"
                )

    def to_json(self) -> str:
        """Give the content of a budget file."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, indent=1) + "\n"

    def answer(self, query: str, training: Vector, holdout: Vector) -> float:
        """Answer one query: terms in [0, 1] on both parts; the same query gets the same answer."""
        if query not in self.answers:
            means = float(training.mean()), float(holdout.mean())
            self.answers[query] = self._answer(*means, self._threshold(training, len(holdout)))
        return self.answers[query]

    def tolerance(self, training: Vector, n_held_out: int) -> float:
        """How far at most an answer is from the holdout mean, in 95 % of answers.

        Known from the training rows alone: which answers are from the holdout must not be told.
        """
        return self._threshold(training, n_held_out) * (1.0 + NOISE_SHARE * NOISE_QUANTILE)

    def _threshold(self, training: Vector, n_held_out: int) -> float:
        n = len(training)
        spread = max(float(training.std()), 1.0 / sqrt(n))  # or few rows could have no noise
        return min(self.threshold, DEVIATIONS * spread * sqrt(1.0 / n + 1.0 / n_held_out))

    def _answer(self, training: float, holdout: float, threshold: float) -> float:
        if self.left < 1:
            raise MitoolError(
                f"the holdout budget of {self.total} is used up: further answers would not be "
                "honest; collect new rows and start a new budget file"
            )
        if self.slack is None:
            self.slack = self._laplace(2.0)
        noise = NOISE_SHARE * threshold
        if abs(holdout - training) <= threshold + noise * (self.slack + self._laplace(4.0)):
            return training
        self.left -= 1
        self.slack = self._laplace(2.0)
        return holdout + noise * self._laplace(1.0)

    def _laplace(self, scale: float) -> float:
        rng = stream(self.seed, f"thresholdout {self.data}{self.salt}", self.n_draws)
        self.n_draws += 1
        return float(rng.laplace(0.0, scale))
