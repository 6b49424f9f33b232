"""The checks of a diagnosis as Python gives them: results in order, a verdict, a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mitool.api.pictured import Origin
from mitool.api.results import Results
from mitool.choices import Unit
from mitool.diagnosis import Diagnosis, Verdict
from mitool.diagnosis.checks import Check, checks
from mitool.report import Run
from mitool.result import Estimate
from mitool.result.wording import amounts_in, in_unit

if TYPE_CHECKING:
    from mitool.plots import Picture


class Checks(Results[Check]):
    """All checks of an estimate in order, the estimate itself first, and what they come to."""

    def __init__(self, diagnosis: Diagnosis, unit: Unit, run: Run) -> None:
        super().__init__((check.to(unit) for check in checks(diagnosis)), Origin(run, Check.fields))
        self._diagnosis, self._unit = diagnosis, unit
        run.note([in_unit(diagnosis.note, unit)])

    @property
    def estimate(self) -> Estimate:
        """The estimate with its interval and warnings."""
        return self[0].estimate

    @property
    def verdict(self) -> Verdict:
        """``trust``, ``caution`` or ``do not report``."""
        return self._diagnosis.verdict

    @property
    def sentence(self) -> str:
        """Why."""
        return amounts_in(self._diagnosis.sentence, self._unit)

    def __repr__(self) -> str:
        """Say the verdict, and what was found."""
        head = f"{self.verdict}: {self.sentence}"
        return f"{head}\n{self.estimate!r}\n  {len(self) - 1} more checks; see to_frame()"

    def _pictures(self) -> list[Picture]:
        from mitool.plots import diagnosis_pictures

        return diagnosis_pictures(self._diagnosis)
