"""Does ``mitool diagnose`` doubt what is off, and trust what is not?

``python -m studies.verdicts`` writes verdicts.md: the verdicts on the pairs of ``studies.sealed``,
which were drawn up by somebody who did not choose the rule, and sealed before it was chosen. A pair
is bad at n where the mean error exceeds two standard deviations and 0.05 nats. ``before`` is the
rule that took each sign for itself, on the same estimates.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np

from mitool.api.entering import variables_of
from mitool.diagnosis import diagnose
from mitool.diagnosis.bias import WEIGHED
from mitool.measure.settings import Settings
from mitool.result.codes import CODES
from mitool.uncertainty import assess
from mitool.variables import Variable
from studies.record import options, over, table, write
from studies.sealed_cases import CASES, LABELS, NUMBERS, SEVERAL

SEED = 19
SIZES = (300, 1000)
MORE = 40
"""Estimates of fresh samples that tell how far off a pair is, beside those that are diagnosed."""

BEFORE = 2.0
"""Standard errors by which two scales of the columns could differ before."""

SINCE = {"scales", "bias", "beyond_copula", "part_exceeds", "beyond_scores"}
KINDS = {"one column a side": NUMBERS, "several columns": SEVERAL, "labels": LABELS}


class Job(NamedTuple):
    name: str
    n: int
    repeats: int


class Score(NamedTuple):
    bias: float
    sd: float
    doubted: np.ndarray
    before: np.ndarray
    covered: np.ndarray
    said: Counter[str]

    @property
    def is_bad(self) -> bool:
        return abs(self.bias) > max(2 * self.sd, 0.05)


def pair(name: str, n: int, seed: int) -> tuple[Variable, Variable]:
    x, y = CASES[name].draw(n, np.random.default_rng([SEED, n, seed]))
    found = variables_of({"x": x, "y": y})
    return found["x"], found["y"]


def score(job: Job) -> Score:
    truth, rows, said = CASES[job.name].truth(), [], Counter()
    errors = [
        assess(*pair(job.name, job.n, job.repeats + i), settings=Settings()).mi - truth
        for i in range(MORE)
    ]
    for repeat in range(job.repeats):
        found = diagnose(*pair(job.name, job.n, repeat))
        interval = found.estimate.interval
        covered = interval is not None and interval.low <= truth <= interval.high
        rows.append((found.verdict != "trust", doubted_before(found), covered))
        errors.append(found.estimate.mi - truth)
        said.update({note.code for note in found.estimate.notes if is_grave(note)})
    doubted, before, covered = np.array(rows).T
    return Score(np.mean(errors), np.std(errors, ddof=1), doubted, before, covered, said)


def is_grave(note) -> bool:
    return note.level == "warning" and note.code in CODES and CODES[note.code].gravity != "plain"


def doubted_before(found) -> bool:
    """Whether one of the signs would have been enough, each for itself."""
    interval = found.estimate.interval
    for note in found.estimate.notes:
        softened = note.code in (WEIGHED | {"undersampled_table"}) and note.code != "scales"
        if (softened and note.code != "transform_drift") or (
            is_grave(note) and note.code not in SINCE | {"transform_drift"}
        ):
            return True
    for curve in found.sweeps:
        if curve.kind == "transforms" and interval is not None:
            return abs(curve.y[0] - curve.y[1]) > BEFORE * interval.sampling_se
    return False


def shares(scores: list[Score]) -> list[str]:
    """Of samples of bad pairs and of others, those that are doubted, now and before."""
    bad = np.concatenate([np.full(len(s.doubted), s.is_bad) for s in scores])
    covered = np.concatenate([s.covered for s in scores])
    line = []
    for which in ("before", "doubted"):
        doubted = np.concatenate([getattr(s, which) for s in scores])
        line += [share(doubted[bad]), share(doubted[~bad]), share(covered[~doubted])]
    return line


def share(values: np.ndarray) -> str:
    return f"{values.mean():.3f} ({len(values)})" if len(values) else "none"


def main() -> None:
    asked = options(__doc__.splitlines()[0], repeats=8)
    jobs = [Job(name, n, asked.repeats) for n in SIZES for name in CASES if asked.only in name]
    found = list(zip(jobs, over(score, jobs, asked.jobs), strict=True))
    groups = {"all": CASES, **KINDS}
    totals = [
        [kind, n or "both", *shares(chosen)]
        for kind, names in groups.items()
        for n in (*SIZES, 0)
        if (chosen := [s for job, s in found if job.name in names and n in (job.n, 0)])
    ]
    lines = [
        [
            job.name.replace("|", "\\|"),
            job.n,
            f"{s.bias:+.3f}",
            f"{s.sd:.3f}",
            "bad" if s.is_bad else "",
            f"{s.before.mean():.2f}",
            f"{s.doubted.mean():.2f}",
            " ".join(f"{code} {k / job.repeats:.2f}" for code, k in sorted(s.said.items())),
        ]
        for job, s in found
    ]
    head = ("pairs", "n", "sensitivity", "false alarms", "coverage of trusted")
    text = (
        f"`mitool diagnose` with every default on {len({job.name for job in jobs})} sealed pairs, "
        f"{asked.repeats} samples each; whether a pair is bad is told by {MORE} more. Shares of "
        "samples, their number in brackets: *sensitivity* of bad pairs, *false alarms* of others, "
        "*coverage* of 95 % intervals with the verdict trust. The first three columns are the rule "
        "before, each sign for itself, the last three the present one.\n"
    )
    write(
        "verdicts",
        asked,
        SEED,
        [
            "Verdicts of diagnose",
            text,
            table((*head, *(f"{column} " for column in head[2:])), totals),
            "## Each pair\n",
            table(("pair", "n", "bias", "sd", "", "before", "doubted", "by"), lines),
        ],
    )


if __name__ == "__main__":
    main()
