"""Is this estimate to be trusted? It is made again from every side, and judged in words."""

from __future__ import annotations

from mitool.diagnosis.verdict import Diagnosis, Verdict, diagnose, diagnose_one_of_many

__all__ = ["Diagnosis", "Verdict", "diagnose", "diagnose_one_of_many"]
