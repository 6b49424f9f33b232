"""Write what models gave: scores of pairs, and a Gaussian encoder: ``make_scores.py [FOLDER]``.

``digits_scores.npy``: a bilinear critic of the left and right halves of images, trained on 1,541
of them, scores all pairs of the other 256 halves; the pairs stand on the diagonal.

``encoder.npz``: x ~ N(0, I) in three units, z = a x + b noise with a² + b² = 1 and b² = 0.1, 0.5
and 1, so that z is standard normal and I(x; z) = -ln(0.1 · 0.5 · 1)/2 nats, which is its rate.

Needs mitool and SciPy.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from mitool.models.critics import fitted
from mitool.models.embeddings import Embeddings

N_SCORED = 256
N_CONTEXTS = 500
NOISE = np.array([0.1, 0.5, 1.0])
SEED = 20260501


def scores(folder: Path) -> np.ndarray:
    """Score halves of images that the critic has not seen, shape (256, 256), half precision."""
    sides = [np.load(folder / f"digits_{side}.npy").astype(float) for side in ("left", "right")]
    order = np.random.default_rng(SEED).permutation(len(sides[0]))
    halves = Embeddings.checked("digits", *sides)
    critic = fitted(halves.take(order[N_SCORED:]), "bilinear")
    return critic.scores(halves.take(order[:N_SCORED])).rows(0, N_SCORED).astype(np.float16)


def encoder() -> dict[str, np.ndarray]:
    """Draw contexts and a sample of each: mu, logvar and z, shape (500, 3) each."""
    rng = np.random.default_rng(SEED)
    mu = np.sqrt(1.0 - NOISE) * rng.standard_normal((N_CONTEXTS, len(NOISE)))
    z = mu + np.sqrt(NOISE) * rng.standard_normal(mu.shape)
    return {"mu": mu, "logvar": np.broadcast_to(np.log(NOISE), mu.shape), "z": z}


def main(folder: Path) -> None:
    """Write both into the folder, which has the halves of the digits."""
    np.save(folder / "digits_scores.npy", scores(folder))
    np.savez_compressed(folder / "encoder.npz", **encoder())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
