"""The gallery: a picture of each kind, of the sample data, under the command that draws it.

``make man`` writes docs/gallery.md, and ``make gallery`` that and its pictures.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from mitool.cli.docs.mdoc import folded

PAGE = Path("docs/gallery.md")
FOLDER = Path("docs/pictures")


class Shown(NamedTuple):
    """A picture: its file without suffix, its title, what is to be seen, and its command."""

    name: str
    title: str
    words: str
    command: str


GALLERY = (
    Shown(
        "pair",
        "Two columns",
        "Every penguin, coloured by what its row adds to the estimate: orange rows make the "
        "dependence, violet ones speak against it.",
        "mitool estimate sample_data/penguins.csv -x flipper_length_mm -y body_mass_g "
        "--ci 0.95 --order none",
    ),
    Shown(
        "labels",
        "A column and labels",
        "Three species in strips; two of them share most of their weights.",
        "mitool estimate sample_data/penguins.csv -x species -y body_mass_g --ci 0.95",
    ),
    Shown(
        "matrix",
        "All pairs",
        "Columns that share information stand side by side; the tree above says how closely.",
        "mitool matrix sample_data/wine.csv",
    ),
    Shown(
        "screen",
        "A ranking",
        "What tells of the weight of a penguin; hollow dots are not significant, and a ring is "
        "what the correlation alone would say.",
        "mitool screen sample_data/penguins.csv -t body_mass_g --ci 0.95 --permutations 199 "
        "--order none",
    ),
    Shown(
        "lags",
        "A curve over lags",
        "Sunspots of one year tell of those eleven and twenty-two years on.",
        "mitool estimate sample_data/sunspots.csv -x sunspots -y sunspots --lag 1:30 --ci 0.95",
    ),
    Shown(
        "difference",
        "A difference",
        "Does the length of a bill tell more of the weight than its depth does?",
        "mitool estimate sample_data/penguins.csv -x body_mass_g -y bill_length_mm "
        "-y bill_depth_mm --compare --ci 0.95 --order none",
    ),
    Shown(
        "diagnosis",
        "A diagnosis",
        "The estimate made again with other numbers of neighbours, from fewer rows and on other "
        "scales; the band is its interval.",
        "mitool diagnose sample_data/gaussian.csv -x x1 -y y1",
    ),
    Shown(
        "contest",
        "A contest of estimators",
        "Bias and error on a distribution whose truth is known.",
        "mitool benchmark 'sine:periods=1,noise=0.5' -n 100 -n 300 -n 1000 --repeats 10 "
        "-e ksg -e bins -e gcmi",
    ),
    Shown(
        "bounds",
        "Bounds",
        "The halves of a digit, by bounds from the scores of a model: arrows point to where the "
        "truth lies, and InfoNCE cannot exceed the dashed line.",
        "mitool bounds sample_data/digits_scores.npy",
    ),
    Shown(
        "plane",
        "An information plane",
        "What each layer of a small network keeps of its input and tells of the label, over its "
        "training.",
        "mitool layers sample_data/hypercube_layers -e ebab -u bits",
    ),
    Shown(
        "losses",
        "A learning curve",
        "What lies above the final loss is what the model took in.",
        "mitool epiplexity sample_data/loss_curves.csv",
    ),
)


def page() -> str:
    """Give the text of the gallery."""
    parts = [
        f"## {shown.title}\n\n{shown.words}\n\n```sh\n"
        f"{folded(command_of(shown))}\n```\n\n![{shown.title}](pictures/{shown.name}.svg)\n"
        for shown in GALLERY
    ]
    head = (
        "# Gallery\n\nEvery command that reports draws its results with `--plot FILE` (.png, .svg "
        "or .pdf), and\nputs them on a page to read and to send with `--html FILE`. In Python, "
        "results have `plot()`.\n"
    )
    return "\n".join([head, *parts])


def command_of(shown: Shown) -> str:
    """Give the command as its reader types it."""
    return f"{shown.command} --plot {shown.name}.svg"


def draw(gallery: Sequence[Shown] = GALLERY) -> None:
    """Draw the pictures into their folder."""
    from mitool.cli.app import main

    FOLDER.mkdir(parents=True, exist_ok=True)
    for shown in gallery:
        words = shlex.split(shown.command)[1:]
        plot = ["--plot", str(FOLDER / f"{shown.name}.svg")]
        if status := main([*words, *plot, "-q", "-o", "/dev/null", "--format", "csv"]):
            raise SystemExit(status)


if __name__ == "__main__":
    PAGE.write_text(page())
    if sys.argv[1:] == ["--draw"]:
        draw()
