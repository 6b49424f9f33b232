"""Write the real sample data from the packages that distribute them: ``make.py [FOLDER]``.

Needs palmerpenguins, scikit-learn and statsmodels (the dependency group ``data``). Each table is
written as CSV and as Parquet with the same values.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import palmerpenguins
import pandas as pd
from sklearn import datasets
from statsmodels.datasets import anes96, sunspots

VOTES = {0: "Clinton", 1: "Dole"}


def penguins() -> pd.DataFrame:
    """Three species of penguins: labels, measurements and missing values, 344 rows."""
    return palmerpenguins.load_penguins()


def wine() -> pd.DataFrame:
    """Chemical analyses of wines of three cultivars, 178 rows."""
    data = datasets.load_wine(as_frame=True)
    frame = data.data.rename(columns={"od280/od315_of_diluted_wines": "od280_od315"})
    frame.insert(0, "cultivar", [str(data.target_names[i]) for i in data.target])
    return frame


def election() -> pd.DataFrame:
    """Answers to a survey before an election, nearly all discrete, 944 rows."""
    frame = anes96.load_pandas().data.drop(columns="logpopul").astype(int)
    frame["vote"] = frame["vote"].map(VOTES)
    return frame


def sunspot_years() -> pd.DataFrame:
    """Sunspots of each year from 1700 to 2008: a time series, 309 rows."""
    frame = sunspots.load_pandas().data
    return pd.DataFrame({"year": frame["YEAR"].astype(int), "sunspots": frame["SUNACTIVITY"]})


def digit_halves() -> tuple[np.ndarray, np.ndarray]:
    """Left and right halves of images of handwritten digits, shape (1797, 32) each, 0 … 16."""
    images = datasets.load_digits().images.astype(np.uint8)
    left, right = np.split(images, 2, axis=2)
    return left.reshape(len(left), -1), right.reshape(len(right), -1)


def main(folder: Path) -> None:
    """Write every set into the folder."""
    tables = {
        "penguins": penguins(),
        "wine": wine(),
        "election": election(),
        "sunspots": sunspot_years(),
    }
    for name, frame in tables.items():
        frame.to_csv(folder / f"{name}.csv", index=False, na_rep="NA")
        frame.to_parquet(folder / f"{name}.parquet", index=False)
    for side, array in zip(("left", "right"), digit_halves(), strict=True):
        np.save(folder / f"digits_{side}.npy", array)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
