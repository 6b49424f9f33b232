"""How often 95 % intervals hold the truth on the sealed suite, by the present rule and the former.

``python -m studies.unseen_intervals`` adds what is not yet there to unseen-intervals.csv, a case
and a number of rows at a time, and draws unseen_intervals.md from it; with ``--tables`` it draws
alone.
The former rule is applied to the same subsamples: the bias that it saw is added in quadrature as if
it fell as n. The suite was run once after each rule was fixed; when the present one was, its cases
were known.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from itertools import product
from math import hypot, sqrt
from pathlib import Path
from unittest.mock import patch
from zlib import crc32

import numpy as np
import pandas as pd

from mitool.inference.bounds import growing, quantile
from mitool.inference.intervals import SUBSAMPLE_POWER, SUBSAMPLE_ROOTS
from mitool.inference.sample import Sample
from mitool.result import Estimate
from mitool.uncertainty import Uncertainty, assess
from studies.record import table
from studies.sealed import Case
from studies.sealed_cases import LABELS, NUMBERS, SEVERAL
from studies.unseen import variable

HERE = Path(__file__).parent
SEED = 20_261_130
LEVEL = 0.95
PARTS = {"one column a side": NUMBERS, "labels": LABELS, "several columns": SEVERAL}
REPEATS = {
    "one column a side": {200: 40, 1000: 24},
    "labels": {200: 150, 1000: 100},
    "several columns": {200: 24, 1000: 12},  # which cost twenty times as much
}
HEAD = ("part", "case", "n", "repeats", "truth", "bias", "sd", "n_ok")
SCORES = ("all", "ok", "width", "former_all", "former_ok", "former_width")
ENOUGH = 1 / 3  # of the samples of a case, to judge it by those that are not flagged


def former(found: Estimate, replicates: np.ndarray, n: int) -> tuple[float, float]:
    """Give the ends by the rule of 0.1: .7 of the bias as if it fell as n, in quadrature."""
    mi, m = found.mi, round(min(n**SUBSAMPLE_POWER, SUBSAMPLE_ROOTS * sqrt(n)))
    whole = m / (n - m)
    drift = 0.7 * whole * (mi - replicates.mean())
    se = hypot(replicates.std(ddof=1) * sqrt(whole), drift)
    ends = growing(mi, se, quantile(LEVEL), LEVEL, "", n)
    return min(ends.low, mi), max(ends.high, mi)


def interval(case: Case, name: str, n: int, number: int) -> list[float] | None:
    """Give the estimate, whether it is ok, and the ends by both rules, if there are any."""
    drawn, plain, with_gaps = [], Sample.drawn, Sample.drawn_with_gaps

    def remembered(sample: Sample, *how: object) -> np.ndarray:
        drawn.append(plain(sample, *how))
        return drawn[-1]

    def remembered_too(sample: Sample, *how: object) -> tuple[np.ndarray, np.ndarray]:
        found = with_gaps(sample, *how)
        drawn.append(found[0])
        return found

    x, y = case.draw(n, np.random.default_rng([SEED, crc32(name.encode()), n, number]))
    with patch.multiple(Sample, drawn=remembered, drawn_with_gaps=remembered_too):
        asked = Uncertainty(level=LEVEL, order="none")
        found = assess(variable(x, "x"), variable(y, "y"), uncertainty=asked)
    if found.interval is None:
        return None
    ends = found.interval.low, found.interval.high
    before = former(found, drawn[0], n) if drawn else ends
    center = found.mi if found.interval.center is None else found.interval.center
    return [center, found.reliability == "ok", *ends, *before]


def score(part: str, name: str, case: Case, n: int) -> list[object]:
    """Give a line of the table: coverage and width of all and of those that are ok."""
    repeats, truth = REPEATS[part][n], case.truth()
    given = [interval(case, name, n, number) for number in range(repeats)]
    center, ok, *ends = np.array([each for each in given if each is not None], dtype=float).T
    ok, sd = ok > 0, center.std(ddof=1)
    scores: list[float] = []
    for low, high in (ends[:2], ends[2:]):
        holds = (low <= truth) & (truth <= high)
        of_ok = holds[ok].mean() if ok.any() else np.nan
        scores += [holds.mean(), of_ok, np.mean(high - low) / (2 * quantile(LEVEL) * sd)]
    numbers = (truth, center.mean() - truth, sd)
    return [part, name, n, len(center), *numbers, int(ok.sum()), *scores]


def add(path: Path) -> None:
    """Measure what the file lacks."""
    kept = [] if not path.exists() else pd.read_csv(path)[["case", "n"]].values.tolist()
    with path.open("a", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if not kept:
            writer.writerow((*HEAD, *SCORES))
        for part, sizes in REPEATS.items():
            for n, (name, case) in product(sizes, PARTS[part].items()):
                if [name, n] not in kept:
                    line = score(part, name, case, n)
                    writer.writerow(f"{v:.4f}" if isinstance(v, float) else v for v in line)
                    file.flush()


def totals(found: pd.DataFrame) -> Iterator[list[object]]:
    """Give a line for each size and part, and for all parts."""
    everything = [(part, group) for part, group in found.groupby("part", sort=False)]
    for n, (part, group) in product((200, 1000), [*everything, ("all", found)]):
        here = group[group.n == n]
        judged = here[here.n_ok >= ENOUGH * here.repeats]
        if judged.empty:
            continue
        line: list[object] = [part, n, len(here), f"{here.n_ok.sum() / here.repeats.sum():.2f}"]
        for rule in ("former_", ""):
            weighted = (judged[f"{rule}ok"] * judged.n_ok).sum() / judged.n_ok.sum()
            worst, below = judged[f"{rule}ok"].min(), int((judged[f"{rule}ok"] < 0.88).sum())
            widths = (group[f"{rule}width"].mean() for group in (here, judged))
            line += [
                f"{weighted:.3f}",
                f"{worst:.2f}",
                below,
                " / ".join(f"{w:.2f}" for w in widths),
            ]
        yield line


def draw(path: Path) -> None:
    found = pd.read_csv(path)
    of_rule = ("ok holds", "worst", "below .88", "width")
    head = ("part", "n", "cases", "ok", *(f"{each} before" for each in of_rule), *of_rule)
    lines = [
        [
            *(row[name] for name in HEAD[1:4]),
            *(f"{row[name]:+.3f}" for name in HEAD[4:7]),
            row.n_ok,
            *(f"{row[name]:.2f}" for name in ("former_ok", "ok", "former_width", "width")),
        ]
        for _, row in found.iterrows()
    ]
    each = (*HEAD[1:], "ok holds before", "ok holds", "width before", "width")
    text = [
        "# Intervals on the sealed suite",
        "Made by `python -m studies.unseen_intervals`. MI in nats, `auto`, 95 %. `ok` is the share "
        "of samples that are not flagged; `ok holds` the share of these that hold the truth, "
        "`worst` the least of it among cases of which a third or more are not flagged. `width` is "
        "the mean over 3.92 true standard deviations, of all cases / of those. `before` is the "
        "former rule on the same subsamples.",
        table(head, totals(found)),
        "## Each case",
        table(each, lines),
    ]
    (HERE / "unseen_intervals.md").write_text("\n\n".join(text).rstrip() + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", action="store_true", help="draw them from what there is")
    path = HERE / "unseen-intervals.csv"
    if not parser.parse_args().tables:
        add(path)
    draw(path)


if __name__ == "__main__":
    main()
