"""What classifiers prove, beside what is true: bounds, guarantees, and two greedy rankings.

A part of ``python -m studies.models``, which writes models.md.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from mitool.models.classes.conformal import Rule, best_rule
from mitool.models.classes.guarantee import guaranteed
from mitool.models.classes.proofs import fano, log_loss, semantic
from mitool.models.classes.shannon import entropy_of_counts
from mitool.screening import Question
from mitool.screening.attribution import together
from mitool.screening.pursuit import LEAST_LEAF, TREES, begun, pursued
from mitool.tables import open_table
from mitool.variables import Variable, gather
from studies.record import table

SEED, N, K, DELTA = 21, 1000, 10, 0.05
DATA = Path(__file__).parent.parent / "sample_data"
TARGETS = {"penguins": "species", "wine": "cultivar"}
N_FIRST, N_SPLITS = 3, 3


def channel(rng: np.random.Generator, accuracy: float, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw x and y of K levels; y is x with this probability, else any other level."""
    x = rng.integers(K, size=n)
    other = (x + rng.integers(1, K, size=n)) % K
    return x, np.where(rng.random(n) < accuracy, x, other)


def entropy_given_x(accuracy: float) -> float:
    """H(Y|X) of the channel."""
    wrong = 1.0 - accuracy
    return float(-accuracy * np.log(accuracy) - wrong * np.log(wrong / (K - 1)))


def said(rng: np.random.Generator, x: np.ndarray, how: str, accuracy: float) -> np.ndarray:
    """Give probabilities of y: those of the channel, far too sure ones, or random ones."""
    if how == "random":
        return rng.dirichlet(np.ones(K), size=len(x))
    right = accuracy if how == "calibrated" else 1.0 - (1.0 - accuracy) / 100.0
    probs = np.full((len(x), K), (1.0 - right) / (K - 1))
    probs[np.arange(len(x)), x] = right
    return probs


def closed_forms(repeats: int) -> str:
    """The posterior's bounds and conformal forms beside H(Y|X) and I."""
    lines = []
    for accuracy in (0.99, 0.9, 0.7):
        found = []
        for repeat in range(repeats):
            rng = np.random.default_rng([SEED, repeat, int(100 * accuracy)])
            x, y = channel(rng, accuracy, N)
            probs = said(rng, x, "calibrated", accuracy)
            sets, logs = Rule("top", top=1).sets(probs, y), np.log(probs)
            bounds = [formula(logs, y).value for formula in (log_loss, semantic, fano)]
            found.append([sets.fano, sets.simple, *bounds])
        h = entropy_given_x(accuracy)
        means = [f"{mean:.4f}" for mean in np.mean(found, axis=0)]
        lines.append([accuracy, f"{h:.4f}", *means[:2], f"{np.log(K) - h:.4f}", *means[2:]])
    head = ("accuracy", "H(Y given X)", "Fano form", "simple form")
    return table((*head, "I(X;Y)", "log-loss", "semantic", "fano"), lines)


def guarantees(repeats: int) -> str:
    """How often the guarantee is above the truth, and by how much it is below."""
    truth, lines = np.log(K) - entropy_given_x(0.9), []
    for how in ("calibrated", "over-confident", "random"):
        found = []
        for repeat in range(repeats):
            rng = np.random.default_rng([SEED + 1, repeat])
            x, y = channel(rng, 0.9, 2 * N)
            probs = said(rng, x, how, 0.9)
            rule = best_rule(probs[:N], y[:N], ("lac", "aps"))
            sets = rule.sets(probs[N:], y[N:])
            plain = entropy_of_counts(np.bincount(y[N:], minlength=K)) - sets.fano
            found.append((guaranteed(sets, y[N:], DELTA), plain))
        sure, plain = np.array(found).T
        rates = [f"{np.mean(sure > truth):.4f}", f"{np.mean(truth - sure):.3f}"]
        lines.append([how, *rates, f"{np.mean(plain):.4f}", f"{np.mean(plain > truth):.3f}"])
    head = ("classifier", "guarantee above I", "mean slack", "mean plain", "plain above I")
    return f"I(X;Y) = {truth:.4f}.\n\n" + table(head, lines)


def read(name: str) -> tuple[list[Variable], Variable]:
    """Read a table of sample data: its columns and its target."""
    source = open_table([str(DATA / f"{name}.csv")])
    columns = {column.name: gather([column]) for column in source.read(source.names)}
    target = columns.pop(TARGETS[name])
    return list(columns.values()), target


def by_semantic_gain(columns: list[Variable], question: Question, most: int) -> list[int]:
    """Rank as pursuit does, by the semantic bound of the same forests instead of set sizes."""
    pursuit, players = begun(columns, question)
    chosen: list[int] = []
    while len(chosen) < most:

        def bound(number: int, before: tuple[int, ...] = tuple(chosen)) -> float:
            values = together([players[i] for i in (*before, number)]).values
            probs = pursuit.predicted(values)
            return semantic(np.log(probs + 1e-3), pursuit.labels).value

        left = [i for i in range(len(columns)) if i not in chosen]
        chosen.append(max(left, key=bound))
    return chosen


def kept(columns: list[Variable], target: Variable, chosen: list[int], rows: np.ndarray) -> float:
    """Give the semantic bound, on the rows not drawn, of a forest fitted to those drawn."""
    values = together([columns[i] for i in chosen]).values
    forest = RandomForestClassifier(100, min_samples_leaf=LEAST_LEAF, random_state=0)
    forest.fit(values[rows], target.codes[rows])
    others = np.setdiff1d(np.arange(len(target)), rows)
    logs = np.log(forest.predict_proba(values[others]) + 1e-3)
    return semantic(logs, target.codes[others]).value


def rankings() -> str:
    """What the first columns of either ranking tell on rows that chose and fitted nothing."""
    lines = []
    for name in TARGETS:
        columns, target = read(name)
        drawn = np.random.default_rng(SEED)
        found, same = [], 0
        for _ in range(N_SPLITS):
            rows = np.sort(drawn.choice(len(target), len(target) // 2, replace=False))
            question = Question(target.take(rows))
            some = [column.take(rows) for column in columns]
            pursuit = [step.column for step in pursued(some, question, N_FIRST)]
            gain = by_semantic_gain(some, question, len(pursuit))
            same += pursuit == gain
            found.append([kept(columns, target, order, rows) for order in (pursuit, gain)])
        means, spread = np.mean(found, axis=0), np.diff(found, axis=1).std(ddof=1)
        error = spread / np.sqrt(N_SPLITS)
        lines.append([name, *(f"{m:.3f}" for m in means), f"{error:.3f}", f"{same}/{N_SPLITS}"])
    head = ("table", "pursuit", "semantic gain", "standard error", "same order")
    return f"Forests of {TREES} trees choose.\n\n" + table(head, lines)
