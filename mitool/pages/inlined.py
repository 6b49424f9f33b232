"""Pictures as parts of a page: vectors as they are, dense ones as dots of few colours."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from html import escape
from io import BytesIO

from mitool.plots.figure import drawn
from mitool.plots.picture import Picture
from mitool.printable import printable, shortened

N_COLOURS = 128
IDS = re.compile(r'(\bid="|xlink:href="#|url\(#)')


@dataclass(frozen=True)
class Inlined:
    """A picture that stands in a page: its markup, and its title."""

    title: str
    markup: str


def inlined(pictures: list[Picture]) -> list[Inlined]:
    """Give the markup of pictures; their identifiers are told apart by their numbers."""
    return [
        Inlined(picture.title, _dots(picture) if picture.is_dense else _vector(picture, number))
        for number, picture in enumerate(pictures, 1)
    ]


def _vector(picture: Picture, number: int) -> str:
    text = drawn(picture, "svg").decode()
    start = text.index("<svg")
    body = IDS.sub(rf"\g<1>p{number}-", text[start:])
    body = re.sub(r"<metadata>.*?</metadata>", "", body, count=1, flags=re.DOTALL)
    return body.replace("<svg", f'<svg role="img" aria-label="{_words(picture)}"', 1)


def _dots(picture: Picture) -> str:
    from PIL import Image

    image = Image.open(BytesIO(drawn(picture, "png"))).convert("RGB").quantize(N_COLOURS)
    file = BytesIO()
    image.save(file, "png", optimize=True)
    data = b64encode(file.getvalue()).decode()
    return f'<img alt="{_words(picture)}" src="data:image/png;base64,{data}">'


def _words(picture: Picture) -> str:
    return escape(shortened(printable(picture.words)), quote=True)
