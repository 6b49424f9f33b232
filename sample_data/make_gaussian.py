"""Write the generated sample, whose mutual information is known: ``make_gaussian.py [FOLDER]``.

(x1, y1) and (x2, y2) are independent pairs of standard normal variables with correlations 0.8
and 0.5, so I(x1; y1) = -ln(1 - 0.8²)/2, I(x2; y2) = -ln(1 - 0.5²)/2, I(x1,x2; y1,y2) is their
sum, and every pair across is 0. ``group`` is high where x1 > 0, so I(x1; group) = ln 2.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

CORRELATIONS = (0.8, 0.5)
N_SAMPLES = 1000
SEED = 20240501


def gaussian() -> pd.DataFrame:
    """Draw the sample: columns x1, x2, y1, y2 and the label group."""
    rng = np.random.default_rng(SEED)
    rho = np.array(CORRELATIONS)
    x, noise = rng.standard_normal((2, N_SAMPLES, len(rho)))
    y = rho * x + np.sqrt(1 - rho**2) * noise
    columns = {"x1": x[:, 0], "x2": x[:, 1], "y1": y[:, 0], "y2": y[:, 1]}
    return pd.DataFrame({**columns, "group": np.where(x[:, 0] > 0, "high", "low")})


def main(folder: Path) -> None:
    """Write the table as CSV and Parquet, and its two halves as arrays."""
    frame = gaussian()
    frame.to_csv(folder / "gaussian.csv", index=False)
    frame.to_parquet(folder / "gaussian.parquet", index=False)
    np.save(folder / "gaussian_x.npy", np.ascontiguousarray(frame[["x1", "x2"]]))
    np.save(folder / "gaussian_y.npy", np.ascontiguousarray(frame[["y1", "y2"]]))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
