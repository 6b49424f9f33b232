"""Every code that a note or a warning can have: how grave it is, and its sentence.

This is the only place that knows them: a new one is a line here, and ``note`` or ``warn`` where it
is found. Reports, the verdict of ``diagnose`` and the manual follow. It lies below all rooms,
because the readers of files warn by it as well as the checks of an estimate.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, replace
from typing import Any, Literal

from mitool.errors import MitoolWarning
from mitool.result.notes import Level, Note

Gravity = Literal["plain", "doubtful", "severe"]
"""What a code does to the number it stands at.

``plain`` does nothing. ``doubtful`` makes an interval unreliable and the verdict *caution*: the
error may be larger than the interval. ``severe`` makes the verdict *do not report*: the error is
likely larger than the interval, and the number itself is wrong.
"""

PLACE = re.compile(r"\{(\w+)[^}]*\}")


@dataclass(frozen=True)
class Code:
    """What is said under a code: a template, at most how loudly, and what follows for a number."""

    sentence: str
    level: Level = "warning"
    gravity: Gravity = "plain"

    @property
    def shown(self) -> str:
        """The sentence with a word in capitals for each thing that it names."""
        return PLACE.sub(lambda match: match[1].upper(), self.sentence)


CODES: dict[str, Code] = {
    # files and columns
    "numeric_header": Code(
        "{label}: the header holds only numbers ({shown}); without one use --no-header"
    ),
    "text_among_numbers": Code(
        "{where}: column {name!r} is read as labels because of {label!r} in row {row}; {remedy}"
    ),
    "rounded": Code(
        "column {name!r} has values of more digits than a float holds: of {n_distinct} different "
        "ones {n_kept} are left; subtract a constant, or store them as text if they are names"
    ),
    "digits_as_labels": Code(
        "column {name!r} holds digits written as names are ({example!r}: zeros in front, or more "
        "than 64 bits hold): taken as labels; --continuous {name} takes it as numbers"
    ),
    "integer_as_discrete": Code(
        "column {name!r} holds whole numbers with {n_levels} levels: taken as discrete; "
        "--continuous {name} takes it as a number",
        "note",
    ),
    "row_numbers": Code(
        "column {name!r} of a contingency table goes from {first} to {last} row by row: taken as "
        "the names of its rows; if it holds counts, put it behind another column"
    ),
    "nameless": Code(
        "column {name!r} has no name, like row numbers (name it in --cols to keep it): left out"
    ),
    "unusable": Code("column {name!r} holds {what}: left out"),
    "empty": Code("column {name!r} has no value in any row: left out"),
    "identifier": Code("column {name!r} names {what}: left out"),
    # the installation
    "untrusted_cache": Code(
        "compiled loops are not kept: {folder} {reason}; name a folder of your own by "
        "MITOOL_CACHE_DIR"
    ),
    # variables
    "constant": Code("column {name!r} has one value in all rows{where}"),
    "ties": Code(
        "column {name!r} has {n_distinct} different values in {n_rows} rows; nearest neighbours "
        "tell equal ones apart by chance (the same for equal data), which adds the more to the "
        "error the fewer they are"
    ),
    "ties_kept": Code(
        "values that repeat in {x!r} or {y!r} are kept by ties=keep: of rounded numbers that finds "
        "several times the information there is; leave it out unless whole rows are repeated",
        gravity="severe",
    ),
    "discrete_as_continuous": Code(
        "column {name!r} is taken as a number although it repeats {n_distinct} values; if they are "
        "classes or counts, --discrete {name} is the better choice"
    ),
    "sentinel": Code(
        "column {name!r} holds {value} in {n_value} of {n_rows} rows, far from all other values "
        "(the nearest is {nearest:.6g}); if it stands for a missing value, add --na {value}"
    ),
    "scale": Code(
        "the columns of {name!r} differ {ratio:.0f}-fold in spread, so distances see only the "
        "widest; --transform normal makes them equal"
    ),
    "heavy_tails": Code(
        "column {name!r} has a few values far from all others, which blur distances among the "
        "rest; --transform normal tames them"
    ),
    "small_n": Code("only {n_rows} rows: estimates of MI vary much at this size"),
    "duplicate_rows": Code(
        "{what}; copies make any nearest-neighbour estimate too high: remove them if they are not "
        "real",
        gravity="severe",
    ),
    "autocorrelation": Code(
        "neighbouring rows of {x!r} and {y!r} resemble each other (lag-1 autocorrelation "
        "{phi_x:.2f} and {phi_y:.2f}; worth about {n_effective:.0f} independent rows): if the rows "
        "are in time, say --order time; if the file is merely sorted, say --order none",
        gravity="doubtful",
    ),
    "panel": Code(
        "rows of one {group!r} stand together and resemble each other in {x!r} and {y!r}: say "
        "--groups {group} (estimate, screen), which keeps them together, or intervals are too "
        "narrow and tests too sure; if the rows are one series in time, say --order time",
        gravity="doubtful",
    ),
    "trend": Code(
        "column {name!r} has a trend in time, and series that drift look dependent where they are "
        "not; --detrend 1 takes a straight trend out, --difference any slow one",
        gravity="doubtful",
    ),
    "unit_root": Code(
        "column {name!r} wanders in time as a random walk does (by a Dickey-Fuller test), and "
        "series that wander look dependent where they are not; --difference takes steps from row "
        "to row instead",
        gravity="doubtful",
    ),
    "nothing_steadied": Code(
        "{x!r} and {y!r} hold labels alone, which have no steps and no trend: {option} changes "
        "none of their values"
    ),
    "untested": Code(
        "{x!r} and {y!r} both drift, so that no shift of rows in time is like any other: no test "
        "is made; use --difference or --detrend 1"
    ),
    # estimates
    "auto": Code("auto chose {name}: {reason}", "note"),
    "undersampled_table": Code(
        "{x!r} and {y!r} have {n_cells} cells for {n_rows} rows: fewer than {rows_per_cell} rows a "
        "cell leave a bias that no correction removes; --permutations 999 tests dependence",
        gravity="severe",
    ),
    "singletons": Code(
        "{n_single} of {n_rows} rows are alone with their label in {name!r} and left out of the "
        "estimate; if it holds numbers, --continuous {name} takes it as numbers"
    ),
    "cause_left_in": Code(
        "{given!r} explains {share_x:.0%} of {x!r} and {share_y:.0%} of {y!r}: rows near in it are "
        "not near enough, and what is left of it passes for information; {remedy}",
        gravity="doubtful",
    ),
    "common_cause": Code(
        "{given!r} explains {share_x:.0%} of {x!r} and {share_y:.0%} of {y!r}, and was taken off "
        "by smooth functions: what these miss of it passes for information, so take a small "
        "estimate, or a p not far below its level, for none",
        gravity="doubtful",
    ),
    "residuals_unused": Code(
        "residuals=true does nothing for {x!r} and {y!r}: what {given!r} explains is not taken off "
        "them, since {reason}"
    ),
    "dimension": Code(
        "{n_dims} columns together: nearest-neighbour estimates come out too low here",
        gravity="doubtful",
    ),
    "ceiling": Code(
        "the estimate of {x!r} and {y!r} is near the largest that {n_rows} rows can show "
        "({ceiling:.2f} nats): read it as a lower bound",
        gravity="severe",
    ),
    "near_deterministic": Code(
        "the other variable all but determines {name!r}: the estimate is near its entropy, where "
        "an interval is too narrow",
        gravity="doubtful",
    ),
    "small_levels": Code(
        "{n_left} of {n_rows} rows are in levels of the condition too small to estimate in, and "
        "are left out"
    ),
    "sparse_levels": Code(
        "{n_sparse} of {n_rows} rows {what}, too few to find neighbours among: the estimate comes "
        "out low; {remedy}",
        gravity="severe",
    ),
    "below_zero": Code(
        "the estimate of {x!r} and {y!r} is further below 0 than chance takes it, and information "
        "is not: their values alternate more finely than neighbours can see, and may depend; do "
        "not read it as independence",
        gravity="severe",
    ),
    "lattice": Code(
        "{n_tied} of {n_rows} rows are as far from others as from their k-th neighbour, as rounded "
        "numbers are: the estimate may be several times too high; use -p form=paper, -e mesner, or "
        "-e ksg"
    ),
    "out_of_training": Code(
        "{x!r} and {y!r} are unlike the tables that {name} learned from ({distance:.3g} away, "
        "nearly all of those {limit:.3g} at most): neither its number nor its interval can be "
        "relied on; use -e {other}",
        gravity="doubtful",
    ),
    "prior_dependent": Code(
        "{name} learned from simulated tables: its number and its interval are prior-dependent, as "
        "good as these columns are like those tables; they prove no dependence",
        "note",
    ),
    "beyond_scores": Code(
        "a Gaussian copula of several columns finds {canonical:.3g} nats, but {rescored:.3g} nats "
        "where rows far out in a sum of columns cannot decide: do not rely on the larger",
        gravity="doubtful",
    ),
    "outside_range": Code("the value is {where}: DSMI is not bounded as mutual information is"),
    "kernel_too_wide": Code("bandwidth {bandwidth:.3g} or t makes all rows one: DSE is near 0"),
    "kernel_too_narrow": Code(
        "bandwidth {bandwidth:.3g} makes every row its own: DSE is near log n"
    ),
    "held_out": Code(
        "what {name} says of information holds if none of these rows trained the model", "note"
    ),
    "order_of_training": Code(
        "structure and residual depend on the model, the order of its data and its learning rate: "
        "compare curves that share them",
        "note",
    ),
    "saturated": Code(
        "{what} is about as large as {limit}: more information could not show; {remedy}",
        gravity="doubtful",
    ),
    # layers of networks
    "dead_layer": Code("{title} gives the same for every input: all that it tells is 0"),
    "projected": Code(
        "{name!r} is projected to {k} of {n_dims} columns, which hold {share:.1%} of its variance: "
        "under noise of deviation {noise:.3g} what is dropped is worth at most {most:.3g} nats",
        "note",
    ),
    "bound_by_estimate": Code(
        "the generalisation bound rests on an upper bound of I(X;Z|Y) for added noise, which was "
        "not in training, and leaves out the terms of the theorem that do not depend on the layer: "
        "compare layers and epochs by it, do not read it as an error",
        "note",
    ),
    # intervals and sweeps
    "n_drift": Code(
        "{part} of the rows gives {value:.3g}{unit} instead of {estimate:.3g}{unit}: the estimate "
        "still depends on how many rows there are",
        gravity="doubtful",
    ),
    "no_interval": Code(
        "{x!r} and {y!r} have no interval, so nothing says how far off their estimate is: {reason}",
        gravity="doubtful",
    ),
    "few_rows": Code(
        "{n_rows} rows of {x!r} and {y!r} are too few to show how far off the estimate is: below "
        "{enough}, the intervals of some kinds of numbers seldom hold the truth",
        gravity="doubtful",
    ),
    "few_rows_needed": Code(
        "{n_rows} rows would make the interval of {x!r} and {y!r} as narrow as is wanted, but the "
        "intervals of fewer than {enough} seldom hold the truth of some kinds of numbers: plan "
        "{enough} rows or more"
    ),
    "interval_and_test": Code(
        "the interval of {x!r} and {y!r} {holds} 0, but p is {p:.2g}: the interval says how far "
        "off the number may be, the test whether rows are paired by more than chance, and of "
        "dependence the test is the better judge"
    ),
    "k_drift": Code(
        "more neighbours give {coarser:.3g}{unit} instead of {estimate:.3g}{unit}: the estimate "
        "depends on its resolution",
        gravity="doubtful",
    ),
    "scales": Code(
        "few neighbours give {fine:.3g} nats, more of them {coarse:.3g} nats: the estimate depends "
        "on its resolution, and the truth may lie beyond either; mitool diagnose weighs it",
        gravity="doubtful",
    ),
    "bias": Code(
        "as rows, neighbours and scales of the columns change, so does the estimate: it is likely "
        "too {how}, by about {bias:.2g} nats or more",
        gravity="doubtful",
    ),
    "beyond_copula": Code(
        "of {n_dims} columns together more is found than the {copula:.3g} nats of a Gaussian "
        "copula: in so many, what it does not see is found in part only",
        gravity="doubtful",
    ),
    "part_exceeds": Code(
        "columns {x!r} and {y!r} alone share {part:.3g} nats, more than all columns together are "
        "found to: the estimate is too low; leave out columns that tell nothing",
        gravity="severe",
    ),
    "below_gaussian_bound": Code(
        "a Gaussian copula alone finds {copula:.3g} nats: the estimate is too low",
        gravity="severe",
    ),
    "transform_drift": Code(
        "the estimate is {normal:.3g} nats on normal scores but {standard:.3g} nats on "
        "standardised columns, though MI is the same on both: outliers or sharp edges decide it",
        gravity="doubtful",
    ),
    "long_spectrum": Code(
        "all eigenvalues of {n_points} distinct rows take about {minutes:.0f} min; low rank by a "
        "larger --tolerance, or --sample N, is sooner"
    ),
    "bandwidth": Code("{title}: {words}", "note"),
    "verdict": Code("{verdict}: {sentence}"),
    # runs
    "plugin": Code("{reason}"),
    "compared": Code("the difference is {quantity} of {first!r} minus that of {second!r}", "note"),
    "selected": Code(
        "the {n_kept} best of {n_columns} columns are reported from the rows that chose them: "
        "their estimates are too high, their intervals too favourable; --holdout split reports "
        "from others"
    ),
    "shares": Code(
        "the shares of all {n_columns} columns add up to {whole:.4g}{unit}, what they tell of "
        "{target!r} together",
        "note",
    ),
    "prescreened": Code(
        "{n_kept} of {n_pairs} pairs are reported: each column with the {n_partners} that share "
        "most with it in equally full bins, less what chance shares; they were chosen by {where}; "
        "{n_left} pairs are left out",
        "note",
    ),
    "selected_pairs": Code(
        "the {n_kept} best of {n_pairs} pairs are reported from the rows that chose them: their "
        "estimates are too high, and so is what intervals and p-values (but p_adjusted, which "
        "counts all pairs) make of them; --holdout split reports from others"
    ),
    "one_value": Code(
        "column {name!r} has one value on the rows that choose: it is in no pair; --holdout none "
        "chooses by all rows"
    ),
    "coarse_answer": Code(
        "the answer for {name!r} is less than the {tolerance:.2g} nats that answers of a reusable "
        "holdout may be off by here (tolerance in its extras): hold out more rows, or use "
        "--holdout split",
        gravity="doubtful",
    ),
    "perm_floor": Code("{reason}"),
    "tested_by": Code("{name} is never tested: p-values beside it are those of {other}", "note"),
    "sparse_g_test": Code(
        "independence of {x!r} and {y!r} expects fewer than {fewest} rows in {n_few} of {n_cells} "
        "cells, where the p of a g-test may be far too large or too small; use --permutations "
        "999{remedy}"
    ),
    "failed": Code("{what}: {reason}"),
}


def note_of(code: str, columns: tuple[str, ...] = (), /, **words: Any) -> Note:
    """Give the note of a code about some columns, its sentence filled with ``words``."""
    entry = CODES[code]
    return Note(code, entry.sentence.format(**words), columns, entry.level)


def softened(note: Note) -> Note:
    """Give a note that nobody need be warned of."""
    return replace(note, level="note")


def warn(code: str, /, *, stacklevel: int, **words: Any) -> None:
    """Warn of a code, for readers that have no estimate to put a note at."""
    message = CODES[code].sentence.format(**words)
    warnings.warn(MitoolWarning(code, message), stacklevel=stacklevel + 1)


def gravity_of(note: Note) -> Gravity:
    """Tell how grave a note is; the codes of other packages are plain."""
    return CODES[note.code].gravity if note.code in CODES else "plain"
