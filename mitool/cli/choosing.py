"""The options of choosing: which estimator, with which parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Literal

from mitool.cli.options import Seed, option
from mitool.errors import UsageError

if TYPE_CHECKING:
    from mitool.measure.settings import Settings


@dataclass(frozen=True)
class Choosing:
    """Which estimator, with which parameters."""

    estimator: Annotated[
        list[str],
        option(
            "-e",
            "--estimator",
            metavar="NAME",
            help="Estimator, or auto; repeatable. See mitool estimators.",
            show_default="auto",
        ),
    ] = field(default_factory=list)
    param: Annotated[
        list[str],
        option(
            "-p",
            "--param",
            metavar="KEY=VALUE",
            help="Parameter of the estimator; ksg.KEY=VALUE sets it for one of several.",
        ),
    ] = field(default_factory=list)
    exact: Annotated[
        bool,
        option("--exact", help="Short for -p exact=true: kernel measures without low rank."),
    ] = False
    tolerance: Annotated[
        float | None,
        option(
            "--tolerance",
            metavar="X",
            help="Short for -p tolerance=X: how far low rank may be from exact.",
        ),
    ] = None
    transform: Annotated[
        Literal["none", "standard", "rank", "normal"] | None,
        option(
            "--transform",
            help="What to do to numeric columns first.",
            show_default="what the estimator declares",
        ),
    ] = None
    seed: Seed = 0

    def settings(
        self, missing: Literal["drop", "error"] = "drop", normalize: str = "none"
    ) -> list[Settings]:
        """Give the settings of each estimator asked for, checked."""
        from mitool.estimators.parameters import shared_out
        from mitool.measure.settings import Settings

        names = list(dict.fromkeys(self.estimator)) or ["auto"]
        return [
            Settings(name, params, self.transform, missing, self.seed, normalize)
            for name, params in shared_out([*self.param, *self._shorts(names)], names).items()
        ]

    def _shorts(self, names: Sequence[str]) -> list[str]:
        """Give --exact and --tolerance as -p takes them; refuse them where they mean nothing."""
        from mitool.estimators.parameters import having

        if self.exact and self.tolerance is not None:
            raise UsageError("--exact and --tolerance cannot both be meant")
        exact = {"exact": "true"} if self.exact else {}
        asked = exact if self.tolerance is None else {"tolerance": str(self.tolerance)}
        for key in asked:
            if not having(key, names):
                able = ", ".join(having(key))
                raise UsageError(f"--{key} is for {able}; -e names {', '.join(names)}")
        return [f"{key}={value}" for key, value in asked.items()]
