"""The options of estimators: which estimator, with which parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from mitool.choices import Missing, Normalization, Transform
from mitool.cli.options import Seed, option
from mitool.errors import UsageError

if TYPE_CHECKING:
    from mitool.measure.settings import Settings
    from mitool.variables.drifting import Steadying


@dataclass(frozen=True)
class EstimatorOptions:
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
        Transform | None,
        option(
            "--transform",
            help="What to do to numeric columns first.",
            show_default="what the estimator declares",
        ),
    ] = None
    seed: Seed = 0

    def parse(
        self,
        missing: Missing = "drop",
        normalize: Normalization = "none",
        steadying: Steadying | None = None,
        reduce: str | None = None,
    ) -> list[Settings]:
        """Give the checked settings of each estimator."""
        from mitool.estimators.parameters import params_by_estimator
        from mitool.measure.settings import Settings

        more: dict[str, Any] = {"reduce": reduce}
        if steadying is not None:
            more["steadying"] = steadying
        names = list(dict.fromkeys(self.estimator)) or ["auto"]
        texts = [*self.param, *self._short_forms(names)]
        return [
            Settings(name, params, self.transform, missing, self.seed, normalize, **more)
            for name, params in params_by_estimator(texts, names).items()
        ]

    def _short_forms(self, names: Sequence[str]) -> list[str]:
        """Give --exact and --tolerance as -p takes them; refuse them where no estimator does."""
        from mitool.estimators.parameters import with_parameter

        if self.exact and self.tolerance is not None:
            raise UsageError("--exact and --tolerance cannot both be meant")
        exact = {"exact": "true"} if self.exact else {}
        params = exact if self.tolerance is None else {"tolerance": str(self.tolerance)}
        for key in params:
            if not with_parameter(key, names):
                takers = ", ".join(with_parameter(key))
                raise UsageError(f"--{key} is for {takers}; -e names {', '.join(names)}")
        return [f"{key}={value}" for key, value in params.items()]
