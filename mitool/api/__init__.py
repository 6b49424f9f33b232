"""The Python face of mitool: arrays, data frames or columns in, estimates out.

A file a verb. Each name here is the function and not the file: the lines below bind it last.
"""

from __future__ import annotations

from mitool.api.entropy import entropy
from mitool.api.estimate import estimate
from mitool.api.matrix import matrix
from mitool.api.transfer import transfer

__all__ = ["entropy", "estimate", "matrix", "transfer"]
