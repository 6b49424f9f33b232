"""What a model's output says of information, beside what is true: closed forms and guarantees.

``python -m studies.models`` writes models.md; ``--only`` takes the sections whose title holds it.
"""

from __future__ import annotations

from collections.abc import Callable

from studies import classifiers, codes
from studies.record import options, write

SEED = 21

SECTIONS: dict[str, tuple[str, Callable[[int], str]]] = {
    "Bounds of a classifier that is the posterior": (
        "Ten even labels, right with this probability and else any other, n = 1000; the mean over "
        "{few} tables. The sets of the conformal forms are the likeliest class alone.",
        lambda repeats: classifiers.closed_forms(repeats // 5),
    ),
    "The guarantee at 0.95": (
        "The same labels, accuracy 0.9, {repeats} tables of 1000 rows that calibrate and 1000 that "
        "test; the over-confident classifier gives a hundredth of its errors' probability, the "
        "random one knows nothing. The plain value is an estimate, and is above the truth as often "
        "as an estimate is.",
        classifiers.guarantees,
    ),
    "What online codes save": (
        "{few} tables by kt, fewer by the others. At independence the mean is "
        "below 0: what learning costs. Of numbers cut into bins the bins lose some.",
        lambda repeats: codes.channels(repeats // 5),
    ),
    "Structure of a learning curve": (
        "Losses 2 + (1000 / t)^0.2849 up to a million tokens, in nats.",
        lambda repeats: codes.curves(),
    ),
    "Pursuit and the semantic gain": (
        "The first three columns (fewer where pursuit ends) are chosen on half of the rows, and "
        "the semantic bound of a forest of them is measured on the other half: the mean over three "
        "halves, with the standard error of the difference.",
        lambda repeats: classifiers.rankings(),
    ),
}


def main() -> None:
    asked = options(__doc__, 1000)
    parts = ["What models prove and codes save"]
    for title, (about, run) in SECTIONS.items():
        if asked.only in title:
            text = about.format(repeats=asked.repeats, few=asked.repeats // 5)
            parts += [f"## {title}\n\n{text}\n", run(asked.repeats)]
            write("models", asked, SEED, parts)  # what is done is kept if the rest is cut short


if __name__ == "__main__":
    main()
