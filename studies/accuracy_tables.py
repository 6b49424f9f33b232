"""The accuracy study in words and tables, from its CSV alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from studies.peers import PACKAGES
from studies.record import table

MARGIN = 1.1  # auto may err this much more than the best peer before a task is named
LEAST = 0.02  # nats: errors below it are equal to anyone who reads them

WHY = {
    "additive-uniform": "a density with sharp edges, which normal scores stretch",
    "step": "clusters with gaps between them, which normal scores close",
    "uniform-steps": "a density with sharp edges, which normal scores stretch",
    "collider": "columns of equal spread show the sum worse than those of their own spread",
    "transfer": "normal scores of columns that are normal already add noise of their own",
}
TOO_FEW = "too few rows to tell the coarse scale's bias from chance, so it still counts"
SMOOTHED = "a bias all nearest neighbours share here, and the coarse scale more of it"


def document(path: Path, seed: int, versions: str) -> str:
    """Give the whole report."""
    scores = pd.read_csv(path)
    scores["ratio"] = ratios(scores)
    counts = scores.groupby("suite", sort=False).repeats.unique()
    repeats = "; ".join(
        f"{suite} {' and '.join(map(str, sorted(each, reverse=True)))}"
        for suite, each in counts.items()
    )
    parts = [
        "# Accuracy of the estimators",
        "",
        f"Every entrant on the same samples of each distribution (seed {seed}; "
        f"fresh samples: {repeats}), made by `python -m studies.accuracy`; all numbers are in "
        "nats, every row is in accuracy.csv, and only the sizes and distributions listed were run. "
        "Of two counts of samples the smaller, the first of them, is that of auto and of what was "
        "changed with it. "
        f"Peers by their defaults: {versions}. `chosen` is what `auto` took.",
        "",
        *summaries(scores),
        *changed(scores, path.with_name("accuracy-before.csv")),
        *worse(scores),
        *each_task(scores),
    ]
    return "\n".join(parts).rstrip() + "\n"


def ratios(scores: pd.DataFrame) -> pd.Series:
    """Give RMSE over that of the best peer on the same samples."""
    task = ["suite", "distribution", "n"]
    peers = scores[scores.entrant.isin(PACKAGES)]
    best = peers.groupby(task).rmse.min().rename("best")
    return scores.rmse / scores.join(best, on=task).best


def summaries(scores: pd.DataFrame) -> Iterator[str]:
    """Draw mean RMSE and mean |bias| of each suite, one line an entrant."""
    for suite, part in scores.groupby("suite", sort=False):
        yield from (f"## {suite}", "", "Mean RMSE (mean |bias|) over the distributions", "")
        sizes = sorted(part.n.unique())
        full = part.groupby("n").distribution.nunique()
        lines = []
        for entrant, own in part.groupby("entrant", sort=False):
            cells = [cell(own[own.n == n], full[n]) for n in sizes]
            ms = own[own.n == sizes[-1]].ms.mean()
            order = own[own.n == sizes[-1]].rmse.mean()
            complete = len(own[own.n == sizes[-1]]) == full[sizes[-1]]
            lines.append((not complete, order, [entrant, *cells, f"{ms:.2f}"]))
        head = ["entrant", *(f"n = {n}" for n in sizes), f"ms at {sizes[-1]}"]
        yield table(head, [line for _, _, line in sorted(lines, key=lambda each: each[:2])])


def cell(own: pd.DataFrame, n_tasks: int) -> str:
    """Give mean RMSE and bias; where some distributions were refused, on how many it stands."""
    if own.empty:
        return ""
    text = f"{own.rmse.mean():.4f} ({own.bias.abs().mean():.4f})"
    return text if len(own) == n_tasks else f"{text}, {len(own)} of {n_tasks}"


def changed(scores: pd.DataFrame, path: Path) -> Iterator[str]:
    """Put auto beside what it was before its rules were last changed, on the same samples."""
    if not path.exists():
        return
    task = ["suite", "distribution", "n"]
    earlier = pd.read_csv(path)[[*task, "rmse", "bias"]]
    later = scores[scores.entrant == "auto"]
    both = later.merge(earlier, on=task, suffixes=("", "_before"))
    both["gain"] = both.rmse / both.rmse_before
    anew = both.repeats == both.groupby("suite").repeats.transform("min")
    left = ", ".join(dict.fromkeys(both[~anew].distribution))
    both = both[anew]
    yield from ("## auto before its rules were last changed, and after", "")
    yield "Rows at which it now errs over 10 % more are named below; errors below 0.02 are not."
    yield f"Not measured again, for time: {left}.\n" if left else ""
    yield table(
        ["suite", "n", "distributions", "before", "after", "mean ratio"],
        [
            [*names, len(own), f"{own.rmse_before.mean():.4f}", f"{own.rmse.mean():.4f}", mean(own)]
            for names, own in both.groupby(["suite", "n"], sort=False)
        ],
    )
    lost = both[(both.gain > MARGIN) & (both.rmse > LEAST)].itertuples()
    yield table(
        ["distribution", "n", "truth", "before", "after"],
        [
            [t.distribution, t.n, f"{t.truth:.4f}", f"{t.rmse_before:.4f}", f"{t.rmse:.4f}"]
            for t in lost
        ],
    )


def mean(both: pd.DataFrame) -> str:
    """Give the geometric mean of what errors are to what they were."""
    return f"{np.exp(np.log(both.gain).mean()):.3f}"


def worse(scores: pd.DataFrame) -> Iterator[str]:
    """Name the tasks on which auto errs more than the best peer, and why."""
    auto = scores[scores.entrant == "auto"]
    bad = auto[(auto.ratio > MARGIN) & (auto.rmse > LEAST)]
    yield from ("## Where auto errs over 10 % more than the best peer", "")
    yield from (f"Errors below {LEAST} nats are not listed.", "")
    lines = [
        [
            t.distribution,
            t.n,
            f"{t.rmse:.4f}",
            f"{t.rmse / t.ratio:.4f}",
            best_peer(scores, t),
            why(scores, t),
        ]
        for t in bad.itertuples()
    ]
    yield table(["distribution", "n", "auto", "best peer", "which", "why"], lines)


def best_peer(scores: pd.DataFrame, task: object) -> str:
    """Give the name of the best peer on a task."""
    same = (scores.suite == task.suite) & (scores.distribution == task.distribution)
    peers = scores[same & (scores.n == task.n) & scores.entrant.isin(PACKAGES)]
    return peers.sort_values("rmse").entrant.iloc[0]


def why(scores: pd.DataFrame, task: object) -> str:
    """Give the reason known for a family, or that scikit-learn hides what is below zero."""
    if abs(task.truth) < 1e-9 and best_peer(scores, task) == "scikit-learn":
        return "the peer reports values below 0 as 0"
    if (family := task.distribution.split(":")[0]) in WHY:
        return WHY[family]
    if task.chosen == "knn-or-copula" and task.truth == 0.0:
        return "the largest of several estimates of nothing lies above it"
    if task.chosen != "two-scales":
        return ""
    return TOO_FEW if task.bias < 0 else SMOOTHED


def each_task(scores: pd.DataFrame) -> Iterator[str]:
    """Draw every task of auto."""
    yield from ("## auto on every distribution", "")
    lines = [
        [
            t.distribution,
            t.n,
            t.chosen,
            f"{t.truth:.4f}",
            f"{t.bias:+.4f}",
            f"{t.sd:.4f}",
            f"{t.rmse:.4f}",
            "" if pd.isna(t.ratio) else f"{t.ratio:.2f}",
        ]
        for t in scores[scores.entrant == "auto"].itertuples()
    ]
    head = ["distribution", "n", "chosen", "truth", "bias", "sd", "RMSE", "over best peer"]
    yield table(head, lines)
