"""Two papers on networks, done again: compression along training, and images of known information.

Run with ``python -m studies.layers``: a few minutes on one core; writes studies/layers.md. Data
and networks are made here, by seeds that stand beside them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from math import erf, exp, sqrt
from pathlib import Path

import numpy as np

import mitool
from mitool.estimators.wkl import WeightedKL
from mitool.kernels.linear.projections import principal
from mitool.variables import Variable

sys.path.append(str(Path(__file__).parent.parent / "sample_data"))
from make_layers import cube, forward, trained

TABLE = Path(__file__).with_suffix(".md")
WIDTHS = [12, 10, 7, 5, 4, 3, 2]
EPOCHS = [0, 10, 50, 200, 600]
RATE = 4e-3
NETWORKS = {"tanh": ("tanh", 0.0), "ReLU": ("relu", 0.0), "ReLU, L2": ("relu", 3e-3)}
TRUTHS = (0.0, 1.0, 2.5, 5.0, 7.5, 10.0)
SIDE, N_IMAGES = 16, 2000

Row = list[str | float]


# Compression: Chelombiev, Houghton & O'Donnell (2019)


def network(name: str, epochs: list[int] | None = None) -> dict[int, list[np.ndarray]]:
    """Train on 80 % of the task of 12 bits; give the hidden layers of all inputs at each epoch."""
    activation, decay = NETWORKS[name]
    x, y = cube()
    x = 2 * x - 1
    rows = np.random.default_rng(1).permutation(len(x))[: int(0.8 * len(x))]
    how = {"batch": 256, "rate": RATE, "decay": decay}
    kept = trained(x[rows], y[rows], WIDTHS, activation, epochs or EPOCHS, **how)
    return {epoch: forward(x, net, activation) for epoch, net in kept.items()}


def accuracy(layers: list[np.ndarray]) -> float:
    return float(np.mean(layers[-1].argmax(axis=1) == cube()[1]))


def information(layers: list[np.ndarray], estimator: str = "ebab", **params) -> list[float]:
    """I(X;T) of the hidden layers in bits."""
    named = {str(at): t.astype(np.float32) for at, t in enumerate(layers[:-1], 1)}
    found = mitool.layers(named, estimator=estimator, params=params, spectra=False, unit="bits")
    return [row.value for row in found if row.quantity == "I(X;T)"]


def compression() -> Iterator[Row]:
    for name in NETWORKS:
        for epoch, layers in network(name).items():
            bits = information(layers)
            yield [name, epoch, f"{accuracy(layers):.2f}", *(f"{value:.2f}" for value in bits)]
        if name == "tanh":
            fixed = information(layers, "bins", width=2 / 29)
            yield [f"{name}, fixed bins", epoch, "", *(f"{value:.2f}" for value in fixed)]


# Images of known information: Butakov et al. (2024)


def uniform_pair(truth: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two uniform numbers each of x and y, whose information is ``truth`` nats in all."""
    rho = sqrt(1 - exp(-truth))  # each of two pairs has half
    x, e = rng.standard_normal((2, N_IMAGES, 2))
    y = rho * x + sqrt(1 - rho**2) * e
    normal = np.vectorize(lambda z: 0.5 * (1 + erf(z / sqrt(2))))
    return normal(x), normal(y)


def spots(centres: np.ndarray) -> np.ndarray:
    """Draw exp(-10 |p - centre|²) on a grid of 16 × 16: an injective map of the centre."""
    grid = np.linspace(0, 1, SIDE)
    across, down = (np.square(grid - centre[:, None]) for centre in centres.T)
    return np.exp(-10 * (across[:, :, None] + down[:, None, :])).reshape(len(centres), -1)


def variable(values: np.ndarray) -> Variable:
    names = tuple(f"c{j}" for j in range(values.shape[1]))
    return Variable(names, np.ascontiguousarray(values), ("continuous",) * len(names))


def images() -> Iterator[Row]:
    """Estimate from the centres, and from two principal components of the images."""
    estimator, rows = WeightedKL(n_neighbors=5), []
    for truth in TRUTHS:
        x, y = uniform_pair(truth, np.random.default_rng(0))
        plain = estimator(variable(x), variable(y)).mi
        drawn = [spots(x), spots(y)]
        seen = [variable(principal(image).of(image, 2)) for image in drawn]
        rows.append([truth, plain, estimator(*seen).mi])
    yield from ([f"{value:.2f}" for value in row] for row in rows)
    lines = [np.polyfit(TRUTHS, [row[at] for row in rows], 1) for at in (1, 2)]
    yield ["slope", *(f"{line[0]:.3f}" for line in lines)]
    yield ["offset", *(f"{line[1]:.2f}" for line in lines)]


SECTIONS = (
    (
        "Compression along training",
        "12-10-7-5-4-3-2 on all inputs of 12 bits (4,096, all distinct; the task is ours, of mean "
        f"{cube()[1].mean():.3f}), Adam at {RATE:g}, batches of 256, 80 % of the inputs; I(X;T) in "
        "bits by `ebab`, 30 bins; the ceiling is 12. Published, one seed of another task, 4,000 "
        "epochs at 4e-4: tanh 12.0 12.0 11.98 11.94 11.38 → 12.0 11.99 11.86 10.79 6.55 (fixed "
        "bins 7.19 → 3.65 in layer 5); ReLU 12.0 10.99 9.85 9.00 5.31 → 12.0 9.30 8.80 7.17 5.46; "
        "ReLU with L2 → 12.0 6.65 6.05 4.61 4.90. Here, one seed: tanh loses most in layers 4 "
        "and 5 and goes on losing after epoch 10. ReLU loses less there, but more than tanh in "
        "layers 2 and 3, all of it by epoch 10, after which no layer loses. L2 takes the most from "
        "layers 1 to 4. Which layers are compared was decided on seeing this table. Over 50 "
        "seeds the paper finds no clear phase in ReLU, and no link between "
        "compression in hidden layers and generalisation.",
        ("network", "epoch", "accuracy", "layer 1", "2", "3", "4", "5"),
        compression,
    ),
    (
        "Images of known information",
        f"{N_IMAGES} pairs of images of a spot, {SIDE} × {SIDE}, whose centres share the truth; "
        "`wkl` with 5 neighbours, in nats. Authors' program, n = 3,000: centres -.13 .93 2.56 4.95 "
        "7.45 9.92, two components -.58 .23 1.59 3.93 6.44 8.88: slope about 1, and a constant "
        "offset of -0.6 to -1.1 that is there at 0 too. Theirs looks at the first neighbour.",
        ("truth", "centres", "two components"),
        images,
    ),
)


def main() -> None:
    lines = ["# Networks: two papers' experiments", "", "`python -m studies.layers`", ""]
    for title, text, header, experiment in SECTIONS:
        lines += [f"## {title}", "", text, "", "| " + " | ".join(header) + " |"]
        lines += ["|" + " ---: |" * len(header)]
        for row in experiment():
            lines += ["| " + " | ".join(map(str, row)) + " |"]
            print(lines[-1], file=sys.stderr)
        lines += [""]
    TABLE.write_text("\n".join(lines).rstrip() + "\n")


if __name__ == "__main__":
    main()
