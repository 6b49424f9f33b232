"""What studies/mist.md and mist.csv say: the card, and the tables behind it."""

from __future__ import annotations

import argparse
import csv
import io
from typing import Any, NamedTuple

import numpy as np

from mitool.estimators.learned.network import MEDIAN, Weights, predict
from mitool.estimators.learned.statistics import statistics_of
from studies import mist_bench
from studies.mist_evaluation import (
    ENOUGH,
    RIVALS,
    Said,
    by_class,
    by_family,
    calibrated,
    error_of,
    mean_error,
    of_flags,
    of_nothing,
    said,
    several,
    shown,
)
from studies.mist_families import FAMILIES
from studies.mist_support import inside, support
from studies.mist_tables import SEED
from studies.mist_training import Members, Residuals, Tables, Work, left_out, taken
from studies.mist_voice import voice
from studies.record import table


class Trained(NamedTuple):
    """All that a run has made."""

    work: Work
    arrays: dict[str, Any]
    networks: dict[str, Members]
    """Those that lack a family each."""
    residuals: Residuals
    made: dict[str, Tables]


def unknown(run: Trained, tables: Tables) -> Said:
    """What is said of tables whose family was left out of all: networks, calibration, support."""
    scale, training = run.work.scale, run.work.tables
    logs = left_out(run.networks, scale, tables)
    quantiles, within = np.empty_like(logs), np.empty(len(logs), dtype=bool)
    inputs, known = (scale.examples(some).inputs for some in (tables, training))
    dims = {"tables": tables["dx"] + tables["dy"], "known": training["dx"] + training["dy"]}
    for family in FAMILIES:
        own, others = tables["family"] == family, training["family"] != family
        part = taken(tables, own)
        quantiles[own] = calibrated(logs[own], run.residuals.calibration(family), part)
        lies = support(known[others], dims["known"][others], training["n"][others])
        within[own] = inside(lies, inputs[own], dims["tables"][own], part["n"])
    return Said(quantiles, np.zeros(len(logs)), within)


def benchmark(run: Trained, asked: argparse.Namespace) -> tuple[str, dict[str, float]]:
    """Errors on the recorded benchmark, or on samples of its distributions."""
    weights = Weights.of(run.arrays)

    def median(x: np.ndarray, y: np.ndarray) -> float:
        found = predict(weights, statistics_of(x, y), x.shape[1] + y.shape[1], len(x))
        return float(found.quantiles[MEDIAN])

    tasks = mist_bench.recorded(asked.bench) if asked.bench else mist_bench.drawn()
    return mist_bench.lines(list(mist_bench.scores(tasks, median)))


def document(run: Trained, asked: argparse.Namespace, minutes: float) -> tuple[str, str]:
    """Give the text of the report, and its lines of comma-separated values."""
    fresh, unlike = run.made["fresh"], run.made["unlike"]
    known, new = said(run.arrays, fresh), unknown(run, fresh)
    families, of_left_out = by_family(fresh, known, new)
    flags, flagged = of_flags(unlike, said(run.arrays, unlike))
    tasks, of_tasks = benchmark(run, asked)
    voices, of_voices = voice(fresh, new)
    nothing = of_nothing(fresh, known)
    card = table(("measured", "mist", *RIVALS), card_lines(fresh, known, of_left_out))
    rest = table(
        ("measured", "value"), facts(run, known, new, nothing, flagged, of_tasks, of_left_out)
    )
    text = "\n".join([
        head(run, asked, minutes), "## Card\n", card, rest, "## Families it knows\n",
        "Mean absolute errors of fresh tables, in nats; where gcmi2 or knn-or-copula refuses, gcmi "
        "stands in.\n", by_class(fresh, known), "## Families left out\n",
        "Each family left out of networks, calibration and support. Errors are those of tables of "
        "3 columns or more together, coverage that of all.\n", families,
        "## Benchmark\n", f"Root mean square errors, {source(asked)}.\n", tasks,
        "## Tables unlike those of training\n", f"Of {ENOUGH} rows or more.\n", flags,
        "## A voice of auto?\n",
        "Tables of 5 columns or more together, of families left out; where the flag fires, auto's "
        "number is kept. Mean absolute errors; the mean of what is said at exact independence.\n",
        voices, verdict(of_voices),
    ])  # fmt: skip
    return text.rstrip() + "\n", values(families, tasks, flags)


def head(run: Trained, asked: argparse.Namespace, minutes: float) -> str:
    sizes = {kind: len(some["mi"]) for kind, some in run.made.items()}
    pace = f" --pace {asked.pace:g}" if asked.pace != 1.0 else ""
    members = sum(name.startswith("w0_") for name in run.arrays)
    shape = " × ".join(str(run.arrays[f"w{k}_0"].shape[0]) for k in range(3))
    return (
        "# The learned estimator\n\n"
        f"Made by `python -m studies.mist --tables {asked.tables}{pace}` (seed {SEED}) on "
        f"{asked.jobs} processes; {minutes:.0f} minutes, less what was kept of an earlier run. "
        f"{sizes['training']} tables of {len(FAMILIES)} families for training, "
        f"{sizes['fresh']} fresh ones of the same, {sizes['unlike']} unlike them; {members} "
        f"networks of {shape} units and 10 outputs. MI in nats.\n\n"
        "One to five columns a side, each as likely (30 % one with one), 30 to 3000 rows, even in "
        "the logarithm; a quarter of the tables is independent, some are rounded. Of equal-pairs "
        "and one-factor most have as many columns on both sides. No labels: they have no order, "
        "and what ranks of their codes say depends on their names. Intervals are as wide as "
        "families left out need, so those of families known cover more than they say.\n"
    )


def source(asked: argparse.Namespace) -> str:
    return "of recorded samples" if asked.bench else "of samples drawn anew"


def card_lines(fresh: Tables, known: Said, left: dict[str, float]) -> list[tuple[str, ...]]:
    """Mean absolute errors in families known and left out."""
    rows = []
    for name, own in (("1 with 1", ~several(fresh)), ("3 columns or more", several(fresh))):
        rivals = (error_of(rival, fresh, own) for rival in RIVALS)
        ours = mean_error(known.median, fresh, own)
        rows.append((f"mean error, families known, {name}", *map(shown, (ours, *rivals))))
    of_left = [left["left out"], *(left[rival] for rival in RIVALS)]
    return [*rows, ("mean error, families left out, 3 columns or more", *map(shown, of_left))]


def facts(
    run: Trained, known: Said, new: Said, nothing: dict[str, float], flagged: float,
    tasks: dict[str, float], left: dict[str, float],
) -> list[tuple[str, str]]:  # fmt: skip
    """The other numbers of the card."""
    mi = run.made["fresh"]["mi"]
    return [
        ("90 % intervals cover, families known", shown(float(known.covers(mi).mean()))),
        ("90 % intervals cover, families left out", shown(float(new.covers(mi).mean()))),
        ("the same, not flagged, worst family", shown(left["worst coverage"])),
        (f"median at independence, 1 with 1, {ENOUGH} rows or more", shown(nothing["median 1|1"])),
        ("median at independence, 3 columns or more", shown(nothing["median several"])),
        (f"hurdle against 0.1 nats or more, {ENOUGH} rows or more, AUC", shown(nothing["auc"])),
        ("flagged of fresh tables", shown(float((~known.inside).mean()))),
        ("flagged of unlike tables that it is off by 0.3 on", shown(flagged)),
        ("benchmark, mean root mean square error", shown(tasks["ours"])),
        ("the same of auto", shown(tasks["auto"])),
    ]


def verdict(found: dict[str, float]) -> str:
    """Say what follows from the error on all sizes."""
    better = found["mist"] < found["auto"]
    what = "lower" if better else "not lower"
    advice = "It may serve as a voice" if better else "It stays out of `auto`"
    return (
        f"Over all sizes its error is {what}: {found['mist']:.3f} against {found['auto']:.3f} nats "
        f"({found['mean of both']:.3f} of the mean of both), and larger in {found['worse']:.0f} of "
        f"{len(FAMILIES)} families. {advice}; `auto` does not ask it now.\n"
    )


def values(*tables: str) -> str:
    """Give Markdown tables as comma-separated values, each under its head."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for drawn in tables:
        lines = drawn.strip().splitlines()
        for line in [lines[0], *lines[2:]]:
            writer.writerow([cell.strip() for cell in line.strip("|").split("|")])
    return out.getvalue()
