"""Write what models predicted of digits, and how one learned: ``make_predictions.py [FOLDER]``.

``digits_classes.npz``: probabilities of ten digits by a logistic regression of left halves of
images, trained on 1,297 of them, and labels of the other 500.

``digits_forest.npz``: the same of 60 other images by each of 20 trees of a forest, the members.

``loss_curves.csv``: losses in nats a token of two runs of a logistic regression that learns digits
from left halves one image after another, each image a token, the mean of every 20 of them.

Needs mitool's halves of digits and scikit-learn.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, SGDClassifier

N_TESTED, N_ITEMS, N_TREES, N_RUNS, EVERY = 500, 60, 20, 2, 20
SEED = 20260502


def halves(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Give left halves of images, from 0 to 1, and their digits, in an order drawn by the seed."""
    pixels = np.load(folder / "digits_left.npy") / 16.0
    order = np.random.default_rng(SEED).permutation(len(pixels))
    return pixels[order], load_digits().target[order]


def classes(pixels: np.ndarray, digits: np.ndarray) -> dict[str, np.ndarray]:
    """Classify the first images by what the others taught: (500, 10), single precision."""
    model = LogisticRegression(max_iter=2000).fit(pixels[N_TESTED:], digits[N_TESTED:])
    probs = model.predict_proba(pixels[:N_TESTED]).astype(np.float32)
    return {"smx": probs, "labels": digits[:N_TESTED].astype(np.int8)}


def forest(pixels: np.ndarray, digits: np.ndarray) -> dict[str, np.ndarray]:
    """Classify the first images by each tree of a forest: (20, 60, 10), half precision."""
    model = RandomForestClassifier(N_TREES, min_samples_leaf=5, random_state=SEED)
    model.fit(pixels[N_TESTED:], digits[N_TESTED:])
    members = [tree.predict_proba(pixels[:N_ITEMS]) for tree in model.estimators_]
    return {"smx": np.array(members).astype(np.float16)}


def curves(pixels: np.ndarray, digits: np.ndarray) -> pd.DataFrame:
    """Learn from one image after another, in two orders, and note the loss before each step."""
    tables = []
    for run in range(N_RUNS):
        order = np.random.default_rng([SEED, run]).permutation(len(digits))
        model = SGDClassifier("log_loss", learning_rate="constant", eta0=0.05, random_state=run)
        losses = []
        for row in order:
            here = pixels[row : row + 1]
            known = hasattr(model, "coef_")
            probs = model.predict_proba(here)[0] if known else np.full(10, 0.1)
            losses.append(-np.log(0.99 * probs[digits[row]] + 0.001))
            model.partial_fit(here, digits[row : row + 1], classes=np.arange(10))
        whole = np.array(losses[: len(losses) // EVERY * EVERY]).reshape(-1, EVERY)
        tokens = EVERY * np.arange(1, len(whole) + 1)
        tables.append(pd.DataFrame({"run": run, "tokens": tokens, "loss": whole.mean(axis=1)}))
    return pd.concat(tables).round({"loss": 6})


def main(folder: Path) -> None:
    """Write all into the folder, which has the halves of the digits."""
    pixels, digits = halves(folder)
    np.savez_compressed(folder / "digits_classes.npz", **classes(pixels, digits))
    np.savez_compressed(folder / "digits_forest.npz", **forest(pixels, digits))
    losses = curves(pixels, digits)
    losses.to_csv(folder / "loss_curves.csv", index=False)
    losses.to_parquet(folder / "loss_curves.parquet", index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
