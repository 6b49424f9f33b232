"""The Python face of mitool: arrays, data frames or columns in, estimates out.

A file a verb. Each name here is the function and not the file: the lines below bind it last.
"""

from __future__ import annotations

from mitool.api.compare import compare
from mitool.api.diagnose import diagnose
from mitool.api.entropy import entropy
from mitool.api.estimate import estimate
from mitool.api.matrix import matrix
from mitool.api.results import Results
from mitool.api.screen import screen
from mitool.api.transfer import transfer

__all__ = ["Results", "compare", "diagnose", "entropy", "estimate", "matrix", "screen", "transfer"]
