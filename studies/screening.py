"""What is left of the best columns on new rows: false discoveries, optimism, reused holdouts.

``python -m studies.screening`` writes screening.md.
"""

from __future__ import annotations

import numpy as np

from mitool.inference.holdout import Budget
from mitool.inference.multiplicity import ADJUSTMENTS
from mitool.measure.settings import Settings
from mitool.screening import Plan, Question, screen
from mitool.tables.column import Column
from mitool.uncertainty import SharedNulls, Uncertainty, assess
from mitool.variables import Variable, gather
from studies.record import options, table, write

SEED = 5
N_PAIRS, N_TRUE, N_ROWS, RHO, FDR = 500, 50, 200, 0.35, 0.1
N_COLUMNS, TOP = 60, 10
NOISE_ROWS = NOISE_COLUMNS = 10_000
BLOCK = 500


def numbers(name: str, values: np.ndarray) -> Variable:
    return gather([Column(name, values)], continuous=[name])


def discoveries(repeats: int) -> list[list[object]]:
    """Rates over families of pairs of which a tenth depend; one null serves all of them."""
    asked = Uncertainty(n_permutations=9999, statistic="estimate")
    settings, nulls = Settings("ksg", {"n_neighbors": 10}), SharedNulls(asked, 2)
    is_true = np.arange(N_PAIRS) < N_TRUE
    rates = {how: [] for how in ADJUSTMENTS}
    for repeat in range(repeats):
        rng = np.random.default_rng([SEED, repeat])
        p = np.empty(N_PAIRS)
        for i, true in enumerate(is_true):
            rho = RHO * true
            x = rng.standard_normal(N_ROWS)
            y = rho * x + np.sqrt(1 - rho**2) * rng.standard_normal(N_ROWS)
            pair = numbers("x", x), numbers("y", y)
            p[i] = assess(*pair, settings=settings, uncertainty=asked, nulls=nulls).test.p_value
        for how, adjust in ADJUSTMENTS.items():
            found = adjust(p) <= FDR
            false = np.count_nonzero(found & ~is_true) / max(np.count_nonzero(found), 1)
            rates[how].append((false, np.count_nonzero(found & is_true) / N_TRUE, found.sum()))
    return [[how, *(f"{v:.3f}" for v in np.mean(each, axis=0))] for how, each in rates.items()]


def sample(rng: np.random.Generator, n: int) -> tuple[list[Variable], Variable]:
    """Columns of which each fourth is weakly correlated with the target."""
    target = rng.standard_normal(n)
    rhos = np.where(np.arange(N_COLUMNS) % 4 == 0, 0.2, 0.0)
    columns = [
        numbers(f"c{i}", rho * target + np.sqrt(1 - rho**2) * rng.standard_normal(n))
        for i, rho in enumerate(rhos)
    ]
    return columns, numbers("target", target)


def optimism(repeats: int) -> list[list[object]]:
    """Mean of the reported top minus the mean of new samples of the same columns and size."""
    excess = {"none": [], "split": []}
    for repeat in range(repeats):
        columns, target = sample(np.random.default_rng([SEED, repeat]), 2 * N_ROWS)
        for holdout, found in excess.items():
            n = 2 * N_ROWS if holdout == "none" else N_ROWS
            new, new_target = sample(np.random.default_rng([SEED + 1, repeat]), n)
            plan = Plan(top=TOP, holdout=holdout)
            best = screen(columns, Question(target, settings=Settings("ksg")), plan)
            fresh = [
                assess(new[int(e.estimate.x[1:])], new_target, settings=Settings("ksg")).mi
                for e in best
            ]
            found.append(np.mean([e.estimate.mi for e in best]) - np.mean(fresh))
    return [
        [name, f"{np.mean(e):+.4f}", f"{np.std(e) / np.sqrt(repeats):.4f}"]
        for name, e in excess.items()
    ]


def signs(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.integers(0, 2, shape, dtype=np.int8) * 2 - 1


def claims() -> list[list[object]]:
    """Accuracy that a classifier of noise is said to have, by who answers for the holdout."""
    rng = np.random.default_rng(SEED)
    x = [signs(rng, NOISE_COLUMNS, NOISE_ROWS) for _ in range(3)]
    y = [signs(rng, NOISE_ROWS) for _ in range(3)]
    budget = Budget.fresh("noise", NOISE_COLUMNS, SEED)
    trained, naive, answered = np.empty((3, NOISE_COLUMNS))
    for j in range(NOISE_COLUMNS):
        agree = [(x[part][j] == y[part]) for part in range(2)]
        trained[j], naive[j] = (a.mean() for a in agree)
        answered[j] = budget.answer(str(j), *agree)
    lines = []
    for name, held in (("holdout read again and again", naive), ("reusable holdout", answered)):
        least = 1 / (2 * np.sqrt(NOISE_ROWS))
        both = (trained - 0.5) * (held - 0.5) > 0
        chosen = both & (np.minimum(abs(trained - 0.5), abs(held - 0.5)) >= least)
        votes = np.where(chosen, np.sign(trained - 0.5), 0).astype(np.float32)
        correct = [accuracy(x[part], y[part], votes) for part in range(3)]
        claim = correct[1].mean() if held is naive else budget.answer("classifier", *correct[:2])
        lines.append([name, int(chosen.sum()), f"{claim:.3f}", f"{correct[2].mean():.3f}"])
    return lines


def accuracy(x: np.ndarray, y: np.ndarray, votes: np.ndarray) -> np.ndarray:
    total = np.zeros(NOISE_ROWS, np.float32)
    for start in range(0, NOISE_COLUMNS, BLOCK):
        total += votes[start : start + BLOCK] @ x[start : start + BLOCK].astype(np.float32)
    return np.sign(total) == y


def main() -> None:
    asked = options(__doc__.splitlines()[0], repeats=40)
    parts = (
        "What is left of the best columns on new rows",
        f"## False discoveries at {FDR:g}\n",
        f"{asked.repeats} families of {N_PAIRS} pairs, {N_TRUE} with ρ = {RHO:g}, n = {N_ROWS}, "
        "ksg with 10 neighbours, 9999 shared permutations.\n",
        table(
            ("adjustment", "false of found", "found of true", "found"), discoveries(asked.repeats)
        ),
        "## Optimism of the best\n",
        f"The {TOP} best of {N_COLUMNS} columns, n = {2 * N_ROWS}; reported minus new samples.\n",
        table(("--holdout", "excess", "standard error"), optimism(asked.repeats)),
        "## A classifier of pure noise\n",
        f"{NOISE_ROWS} rows, {NOISE_COLUMNS} columns of random signs, a vote of the columns that "
        "agree with the labels on training and holdout rows (Dwork et al. 2015).\n",
        table(("answers by", "columns chosen", "accuracy claimed", "on new rows"), claims()),
    )
    write("screening", asked, SEED, parts)


if __name__ == "__main__":
    main()
