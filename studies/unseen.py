"""Errors of auto before and after its rules were changed, and of peers, on the sealed suite.

``python -m studies.unseen --name after`` measures the package it finds and writes unseen-after.csv
beside this file; run from the tree of an earlier commit with ``--name before``, it measures that,
and with ``--name peers`` the others. The same samples each time. ``--tables`` draws unseen.md from
all three. A rule is run on the suite once. ``--suite named`` does the same with cases that were
known to be hard, and writes named-after.csv … and named.md.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd

from mitool.errors import MitoolError
from mitool.measure.measurement import measure
from mitool.simulate.benchmark import Entrant
from mitool.tables.column import Column
from mitool.variables import Variable, gather
from studies.named_cases import NAMED
from studies.peers import PACKAGES, peers, versions
from studies.record import table
from studies.sealed import Case
from studies.sealed_cases import LABELS, NUMBERS, SEVERAL

HERE = Path(__file__).parent
SEED = 20_261_129
REPEATS = {100: 200, 300: 100, 1000: 50}
SUITES = {
    "unseen": {"one column a side": NUMBERS, "several columns": SEVERAL, "labels": LABELS},
    "named": {"named": NAMED},
}
TITLES = {
    "unseen": "Errors on the sealed suite, before and after",
    "named": "Errors on cases where a peer was ahead, before and after",
}
ABOUT = {
    "unseen": "cases that no rule of mitool was chosen on",
    "named": "cases that were known when the rules were chosen",
}
GAPS = "gaps between clusters, which normal scores close"
EDGES = "sharp edges, which normal scores stretch"
WEAK = "few rows hold too little to tell a weak dependence from none, and the finer scales count"
CLIPPED = "the peer reports values below 0 as 0"
FEW = "too few rows to tell the bias of the coarser scales from chance, so they still count"
LARGEST = "the largest of several estimates of nothing lies above it"
SEEN = "columns in units of their own show a ridge better than their normal scores do"
GAPPED = ("step", "stripes", "multimodal", "xor-2|1", "clusters-3|3", "staircase", "groups-2|3")
EDGED = ("wrapped", "checker-3x3", "diamond", "blocks-unequal", "turn", "overlapping-intervals")
WHY = dict.fromkeys(GAPPED, GAPS) | dict.fromkeys(EDGED, EDGES) | {"ridge-2|1": SEEN}
VERSIONS = ("before", "after", "peers")
LEAST = 0.02  # nats: errors below it are equal to anyone who reads them
MARGIN = 1.1


def variable(values: np.ndarray, name: str) -> Variable:
    """Pass one side through the gate; text is labels."""
    if values.dtype == object:
        codes = np.unique(values, return_inverse=True)[1].astype(float)
        return gather([Column(name, codes)], [name])
    columns = np.asarray(values, dtype=float).reshape(len(values), -1)
    return gather([Column(f"{name}{j}", columns[:, j].copy()) for j in range(columns.shape[1])], [])


def entrants(name: str) -> list[Entrant]:
    """Give auto by the rules of one version, or the peers."""
    return peers() if name == "peers" else [Entrant(f"auto {name}", measure)]


def errors(case: Case, name: str, n: int, entrant: Entrant) -> np.ndarray | None:
    """Give the errors on every sample of a case, or nothing where it is refused."""
    found = []
    for number in range(REPEATS[n]):
        drawn = case.draw(n, np.random.default_rng([SEED, crc32(name.encode()), n, number]))
        x, y, *given = (variable(*each) for each in zip(drawn, "xyz", strict=False))
        try:
            found.append(entrant.estimate(x, y, given[0] if given else None).mi)
        except MitoolError:
            return None
    return np.array(found) - case.truth()


def rows(suite: str, version: str) -> Iterator[list[object]]:
    for part, cases in SUITES[suite].items():
        for name, case in cases.items():
            truth = case.truth()
            fixed = Case(case.draw, lambda truth=truth: truth)
            for n in REPEATS:
                for entrant in entrants(version):
                    wrong = errors(fixed, name, n, entrant)
                    if wrong is not None:
                        bias, rmse = wrong.mean(), np.sqrt(np.mean(wrong**2))
                        shown = (f"{number:.6f}" for number in (truth, bias, rmse))
                        yield [part, name, n, REPEATS[n], entrant.name, *shown]


def measured(path: Path, suite: str, version: str) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("part", "case", "n", "repeats", "entrant", "truth", "bias", "rmse"))
        for row in rows(suite, version):
            writer.writerow(row)
            file.flush()


def document(suite: str) -> str:
    """Put both versions and the best peer side by side."""
    both = pd.concat(pd.read_csv(HERE / f"{suite}-{v}.csv") for v in VERSIONS)
    wide = both.pivot_table(
        index=["part", "case", "n"], columns="entrant", values="rmse", sort=False
    )
    biases = both[both.entrant == "auto after"].set_index(["part", "case", "n"])
    wide["best peer"] = wide[[p for p in PACKAGES if p in wide]].min(axis=1)
    wide = wide.join(biases[["truth", "bias"]])
    groups = wide.groupby(level=["part", "n"], sort=False)
    lines = [summary(part, n, group) for (part, n), group in groups]
    counts = "; ".join(f"n = {n}: {count}" for n, count in REPEATS.items())
    n_cases = wide.index.get_level_values("case").nunique()
    head = ["cases", "n", "number", "before", "after", "after / before", "best peer *"]
    words = ["case", "n", "truth", "bias after", "before", "after", "best peer"]
    return "\n".join(
        [
            *(f"# {TITLES[suite]}", ""),
            f"Root mean square errors in nats on {n_cases} {ABOUT[suite]} ({counts} samples; seed "
            f"{SEED}; the same samples for all), made by `python -m studies.unseen --suite {suite}`"
            f". Peers by their defaults: {versions()}.",
            *("", table(head, lines)),
            "\\* mean over those that a peer takes; in parentheses that of auto after on them.",
            *("", "## Where auto errs over 10 % more than the best peer", ""),
            f"Errors below {LEAST} nats are not listed.",
            *("", table([*words, "why"], list(worse(wide)))),
            *("## Every case", "", table(words, [line(*each) for each in wide.iterrows()])),
        ]
    )


def summary(part: str, n: int, group: pd.DataFrame) -> list[object]:
    """Give the mean errors of a part at a size."""
    before, after = group["auto before"], group["auto after"]
    peered = group[group["best peer"].notna()]
    peer = f"{peered['best peer'].mean():.4f} ({peered['auto after'].mean():.4f})"
    ratio = np.exp(np.log(after / before).mean())
    return [
        *(part, n, len(group), f"{before.mean():.4f}", f"{after.mean():.4f}"),
        *(f"{ratio:.3f}", peer if len(peered) else ""),
    ]


def worse(wide: pd.DataFrame) -> Iterator[list[object]]:
    """Name the cases on which a peer errs less by more than the margin."""
    bad = wide["auto after"] > np.maximum(MARGIN * wide["best peer"], LEAST)
    for index, row in wide[bad].iterrows():
        yield [*line(index, row), why(index[1], row)]


def why(case: str, row: pd.Series) -> str:
    """Give the reason, where it is known."""
    if row["truth"] < 0.1:
        nothing = LARGEST if "|" in case and not row["truth"] else WEAK
        return CLIPPED if row["best peer"] == row.get("scikit-learn") else nothing
    return WHY.get(case, FEW if row["bias"] < 0 else "")


def line(index: tuple, row: pd.Series) -> list[object]:
    numbers = (row["truth"], row["bias"], row["auto before"], row["auto after"], row["best peer"])
    case, n = index[1:]
    return [
        case.replace("|", "\\|"),
        n,
        *("" if np.isnan(number) else f"{number:.4f}" for number in numbers),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--suite", choices=SUITES, default="unseen")
    parser.add_argument("--name", choices=VERSIONS, default="after")
    parser.add_argument("--tables", action="store_true", help="only draw the tables again")
    asked = parser.parse_args()
    paths = [HERE / f"{asked.suite}-{version}.csv" for version in VERSIONS]
    if not asked.tables:
        measured(paths[VERSIONS.index(asked.name)], asked.suite, asked.name)
    if all(path.exists() for path in paths):
        (HERE / f"{asked.suite}.md").write_text(document(asked.suite))


if __name__ == "__main__":
    main()
