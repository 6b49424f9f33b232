"""The options of predictions: what the numbers are, how sets are calibrated, what tokens count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mitool.choices import ConformalScore, Unit
from mitool.cli.options import option
from mitool.errors import UsageError

if TYPE_CHECKING:
    from mitool.models.classes.answering import PredictionQuestion
    from mitool.models.classes.calibration import Calibration

SHARE, WINDOW, DELTA, LEVEL = 0.5, 16, 0.05, 0.95


@dataclass(frozen=True)
class PredictionOptions:
    """What the input holds, and what is asked of it."""

    logits: Annotated[bool, option("--logits", help="The numbers are logits.")] = False
    log_probs: Annotated[bool, option("--log-probs", help="The numbers are log-probabilities.")] = (
        False
    )
    truth: Annotated[
        bool,
        option(
            "--truth",
            help="The numbers are truths from 0 that need not sum to 1: for semantic alone.",
        ),
    ] = False
    axes: Annotated[
        str | None,
        option(
            "--axes",
            metavar="NAMES",
            help="An ensemble: what the axes of the array are, such as member,item,class.",
        ),
    ] = None
    tokens: Annotated[
        bool,
        option(
            "--tokens",
            help="A sequence of token distributions, one a row, or chat completions with "
            "top_logprobs, one a line.",
        ),
    ] = False
    window: Annotated[
        int,
        typer.Option("--window", metavar="N", min=1, help="Tokens of a rolling mean."),
    ] = WINDOW
    threshold: Annotated[
        float | None,
        option(
            "--threshold",
            metavar="H",
            help="Count the tokens whose rolling mean entropy is above H, in the unit of -u.",
        ),
    ] = None
    alpha: Annotated[
        float | None,
        option(
            "--alpha",
            metavar="A",
            help="The one level of conformal sets; else several, and the likeliest 1 to 5 classes, "
            "are tried on the rows that calibrate.",
        ),
    ] = None
    score: Annotated[
        ConformalScore, typer.Option("--score", help="What conformal sets are made by.")
    ] = "both"
    split: Annotated[
        str | None,
        option(
            "--split",
            metavar="COLUMN|SHARE",
            help="Which rows calibrate conformal sets: a column that says cal or test, or the "
            "share of the rows, drawn by the seed.",
            show_default="split, else 0.5",
        ),
    ] = None
    calibration: Annotated[
        str | None,
        option(
            "--calibration",
            metavar="first:SHARE",
            help="Let the first rows of the file calibrate, instead of rows drawn by the seed.",
        ),
    ] = None
    delta: Annotated[
        float,
        typer.Option("--delta", metavar="D", help="The guarantee holds with confidence 1 - D."),
    ] = DELTA
    prior: Annotated[
        str | None,
        option(
            "--prior",
            metavar="P,P,...|FILE",
            help="Known probabilities of the classes, or with --axes of the members.",
        ),
    ] = None
    ci: Annotated[
        float,
        typer.Option("--ci", metavar="LEVEL", help="Level of the jackknife intervals over rows."),
    ] = LEVEL
    seed: Annotated[
        int, typer.Option("-s", "--seed", metavar="N", min=0, help="Seed of every random choice.")
    ] = 0

    @property
    def split_column(self) -> str | None:
        """The column that splits rows, where --split names one."""
        return None if self.split is None or _is_number(self.split) else self.split

    @property
    def splits_itself(self) -> bool:
        """Whether the column split of a table may divide its rows: nothing else is said."""
        return self.split is None and self.calibration is None

    def question(self, unit: Unit) -> PredictionQuestion:
        """Give what is asked; refuse options that exclude each other."""
        from mitool.models.classes.answering import PredictionQuestion, form_of
        from mitool.models.classes.class_findings import ClassRequest
        from mitool.models.classes.token_findings import TokenRequest

        self._refuse_idle()
        return PredictionQuestion(
            form_of(logits=self.logits, log_probs=self.log_probs, truth=self.truth),
            self.axes,
            ClassRequest(self._calibration(), self.delta, None, self.ci),
            TokenRequest(self.window, self.threshold, unit),
            None if self.prior is None else _shares(self.prior),
            tuple(name for name, is_given in self._of_sets.items() if is_given),
        )

    def _calibration(self) -> Calibration:
        from mitool.models.classes.calibration import Calibration, first_share, share_of

        if self.calibration is not None and self.split is not None:
            raise UsageError("--calibration and --split cannot both be meant")
        share, in_order = SHARE, self.calibration is not None
        if self.calibration is not None:
            share = first_share(self.calibration)
        elif self.split is not None and self.split_column is None:
            share = share_of(self.split, "--split")
        return Calibration(share, in_order, self.alpha, self.score, self.seed)

    @property
    def _of_sets(self) -> dict[str, bool]:
        """The options of conformal sets, and whether each is given."""
        return {
            "--alpha": self.alpha is not None,
            "--score": self.score != "both",
            "--split": self.split is not None,
            "--calibration": self.calibration is not None,
            "--delta": self.delta != DELTA,
        }

    def _refuse_idle(self) -> None:
        from mitool.models.classes.answering import refuse_idle

        prior = {"--prior": self.prior is not None}
        if self.tokens:
            others = {"--axes": self.axes is not None, "--ci": self.ci != LEVEL}
            refuse_idle({**self._of_sets, **prior, **others}, "--tokens is of entropies alone")
        else:
            of_tokens = {"--window": self.window != WINDOW}
            of_tokens["--threshold"] = self.threshold is not None
            refuse_idle(of_tokens, "for --tokens alone")
        if self.truth:
            refuse_idle({**self._of_sets, **prior}, "--truth is for semantic")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _shares(text: str) -> Any:
    """Read probabilities as they stand, or from a file."""
    parts = text.split(",")
    if all(_is_number(part) for part in parts) and len(parts) > 1:
        return [float(part) for part in parts]
    from mitool.models.classes.prediction_files import labels_of_file

    values, _ = labels_of_file(text)
    return [float(value) for value in values.reshape(-1)]
