"""How often 95 % intervals hold the truth on 47 sealed pairs, with and without what scales show.

``python -m studies.edges`` writes edges.md. The rule without is that of before: one end reaches by
how the estimate grows with the rows, and more neighbours on all rows tell of the scale. Both on the
same samples and subsamples. A pair is bad at n where the mean error exceeds two standard deviations
and 0.05 nats.
"""

from __future__ import annotations

from typing import NamedTuple
from zlib import crc32

import numpy as np

from mitool.inference.bounds import growing, quantile, reaching, resampled_quantile
from mitool.inference.evidence import SCALE_DRIFT
from mitool.inference.intervals import DEFAULT_RESAMPLES
from mitool.measure.estimation import measurement_of
from mitool.measure.settings import Settings
from mitool.result.codes import gravity_of
from mitool.uncertainty import Uncertainty, assess
from studies.edge_cases import CASES
from studies.record import options, over, table, write
from studies.unseen import variable

SEED, LEVEL = 991_130, 0.95
SIZES = {200: 1.0, 500: 2 / 3}
"""Rows, and which share of the repeats they get: they cost more."""
ENOUGH = 1 / 3  # of the samples of a pair, to judge it by those that are not flagged


class Job(NamedTuple):
    name: str
    n: int
    repeats: int


class Rule(NamedTuple):
    """A row for each sample."""

    low: np.ndarray
    high: np.ndarray
    ok: np.ndarray


class Score(NamedTuple):
    truth: float
    mi: np.ndarray
    rules: tuple[Rule, Rule]

    @property
    def error(self) -> float:
        return float(self.mi.mean()) - self.truth

    @property
    def sd(self) -> float:
        return float(self.mi.std(ddof=1))

    @property
    def is_bad(self) -> bool:
        return abs(self.error) > max(2 * self.sd, 0.05)

    def holds(self, which: int) -> np.ndarray:
        rule = self.rules[which]
        return (rule.low <= self.truth) & (self.truth <= rule.high)

    def width(self, which: int) -> float:
        rule = self.rules[which]
        return float(np.mean(rule.high - rule.low)) / (2 * quantile(LEVEL) * self.sd)

    def is_judged(self, which: int) -> bool:
        return bool(self.rules[which].ok.mean() >= ENOUGH)

    def ok_holds(self, which: int) -> float:
        ok = self.rules[which].ok
        return float(self.holds(which)[ok].mean()) if ok.any() else np.nan


def sample(name: str, n: int, number: int) -> tuple[float, ...]:
    """Give the estimate, then both ends and whether it is ok, by the former rule and by this."""
    x, y = CASES[name].draw(n, np.random.default_rng([SEED, crc32(name.encode()), n, number]))
    pair = variable(x, "x"), variable(y, "y")
    found = assess(*pair, uncertainty=Uncertainty(level=LEVEL, order="none"))
    interval, se = found.interval, found.interval.sampling_se
    width = resampled_quantile(LEVEL, DEFAULT_RESAMPLES)
    before = reaching(growing(found.mi, se, width, LEVEL, "", n), interval.drift)
    low, high = min(before.low, found.mi), max(before.high, found.mi)
    codes = {note.code for note in found.notes if gravity_of(note) != "plain"} - {"k_drift"}
    coarser = measurement_of(*pair, None, Settings())[0].coarser().value.mi
    was_ok = not codes and abs(found.mi - coarser) <= SCALE_DRIFT * se
    return found.mi, low, high, was_ok, interval.low, interval.high, found.reliability == "ok"


def score(job: Job) -> Score:
    drawn = np.array([sample(job.name, job.n, number) for number in range(job.repeats)])
    mi, *columns = drawn.T
    before, present = (Rule(low, high, ok > 0) for low, high, ok in (columns[:3], columns[3:]))
    return Score(CASES[job.name].truth(), mi, (before, present))


def share(values: list[np.ndarray]) -> str:
    found = np.concatenate(values) if values else np.empty(0)
    return f"{found.mean():.3f} ({len(found)})" if len(found) else "none"


def total(scores: list[Score], which: int) -> list[object]:
    ok = [s.rules[which].ok for s in scores]
    judged = [s for s in scores if s.is_judged(which)]
    holds = [s.ok_holds(which) for s in judged]
    widths = (np.mean([s.width(which) for s in group]) for group in (scores, judged))
    return [
        share([s.holds(which)[o] for s, o in zip(scores, ok, strict=True)]),
        f"{min(holds):.2f}",
        sum(held < 0.88 for held in holds),
        " / ".join(f"{width:.2f}" for width in widths),
        share([~o for s, o in zip(scores, ok, strict=True) if s.is_bad]),
        share([~o for s, o in zip(scores, ok, strict=True) if not s.is_bad]),
    ]


def each(job: Job, s: Score) -> list[object]:
    line: list[object] = [job.name, job.n, f"{s.truth:.3f}", f"{s.error:+.3f}", f"{s.sd:.3f}"]
    for which, rule in enumerate(s.rules):
        line += [int(rule.ok.sum()), f"{s.ok_holds(which):.2f}", f"{s.width(which):.2f}"]
    return line


def main() -> None:
    asked = options(__doc__.splitlines()[0], repeats=60)
    repeats = {n: max(2, round(asked.repeats * part)) for n, part in SIZES.items()}
    jobs = [Job(name, n, repeats[n]) for n in SIZES for name in CASES if asked.only in name]
    found = list(zip(jobs, over(score, jobs, asked.jobs), strict=True))
    by_size = {n: [s for job, s in found if job.n == n] for n in SIZES}
    head = ("ok holds", "worst", "below .88", "width", "sensitivity", "false alarms")
    totals = [
        [n, rule, *total(scores, which)]
        for n, scores in by_size.items()
        for which, rule in enumerate(("before", "present"))
    ]
    columns = ("ok", "holds", "width")
    text = (
        f"{len(CASES)} pairs of one column a side, sealed with their seeds before the rule was "
        f"chosen on 72 others with 200, 500 and 1,000 rows; {', '.join(map(str, repeats.values()))}"
        " samples each. `ok` are those that are not flagged; `ok holds` the share of these that "
        "hold the truth, `worst` and `below .88` of pairs of which a third or more are not "
        "flagged. `width` is the mean over 3.92 true standard deviations, of all pairs / of "
        "those. `sensitivity` is the share of samples of bad pairs that are flagged, `false "
        "alarms` that of the others; their number in brackets.\n"
    )
    write(
        "edges",
        asked,
        SEED,
        [
            "Intervals at edges, jumps, ridges and peaks",
            text,
            table(("n", "rule", *head), totals),
            "## Each pair, before and now\n",
            table(
                ("pair", "n", "truth", "bias", "sd", *columns, *(f"{c} " for c in columns)),
                (each(*pair) for pair in found),
            ),
        ],
    )


if __name__ == "__main__":
    main()
