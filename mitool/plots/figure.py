"""Pictures into files: png, svg or pdf, the same bytes for the same picture."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from mitool.errors import ExitStatus, MitoolError
from mitool.plots.picture import Picture
from mitool.plots.style import in_style
from mitool.report.atomic import atomic
from mitool.report.places import check_writable

DPI = 150
KINDS = ("png", "svg", "pdf")
"""Kinds of pictures. Of others, which matplotlib knows, some need TeX and some bear a date."""


def check_drawable(path: Path) -> None:
    """Refuse a file into which no picture could be drawn in the end."""
    check_writable(path)
    kind_of(path)


def kind_of(path: Path) -> str:
    """Give the kind of picture that the suffix of a file stands for."""
    _figure((1.0, 1.0))  # says what is missing, before anything is computed
    suffix = path.suffix.lstrip(".").lower()
    if suffix not in KINDS:
        raise MitoolError(
            f"cannot draw into {path.name!r}; its suffix must be one of {', '.join(KINDS)}"
        )
    return suffix


def painted(pictures: Sequence[Picture]) -> Any:
    """Give one matplotlib figure of all pictures, one below the other."""
    if not pictures:
        return _sheet("nothing to draw")
    width = max(picture.inches[0] for picture in pictures)
    height = sum(picture.inches[1] for picture in pictures)
    with in_style():
        figure = _figure((width, height))
        if len(pictures) == 1:
            parts = [figure]
        else:
            ratios = [picture.inches[1] for picture in pictures]
            parts = list(figure.subfigures(len(pictures), height_ratios=ratios))
        for part, picture in zip(parts, pictures, strict=True):
            picture.paint(part)
    return figure


def save(pictures: Sequence[Picture], file: IO[bytes], kind: str) -> None:
    """Draw pictures into an open file, one below the other."""
    figure = painted(pictures)
    with in_style():
        figure.savefig(file, format=kind, dpi=DPI, metadata=_NO_DATE.get(kind))


def written_to(path: Path, pictures: Sequence[Picture]) -> None:
    """Draw pictures into a file; its suffix says the format (png, svg, pdf)."""
    check_drawable(path)
    with atomic(path) as file:
        save(pictures, file, kind_of(path))


def drawn(picture: Picture, kind: str) -> bytes:
    """Give a picture as the bytes of a file."""
    file = BytesIO()
    save([picture], file, kind)
    return file.getvalue()


def _sheet(words: str) -> Any:
    figure = _figure((4.5, 3.4))
    figure.suptitle(words)
    return figure


def _figure(inches: tuple[float, float]) -> Any:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MitoolError(
            "pictures need matplotlib; install it with: pip install 'mitool[plot]'",
            exit_status=ExitStatus.MISSING_EXTRA,
        ) from error
    return Figure(figsize=inches, layout="constrained")


_NO_DATE: dict[str, dict[str, None]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
