"""A document as one HTML file that needs nothing from anywhere: styles and pictures are inside."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from orchestration.pack.document import Document, Spark
from orchestration.pack.drawing import bar, sign, sparkline

TEMPLATES = Path(__file__).parent / "templates"


def html_of(document: Document) -> bytes:
    """The file's content, UTF-8; every text is escaped, only our own drawings are markup."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    drawn = environment.get_template("pack.html.j2").render(
        document=document,
        sign=lambda tone: Markup(sign(tone)),  # noqa: S704 - our own drawing
        spark=_spark,
        quoted=_quoted,
        bar=lambda share, tone: Markup(bar(share, tone)),  # noqa: S704 - our own drawing
        style=Markup((TEMPLATES / "pack.css").read_text(encoding="utf-8")),  # noqa: S704 - our own file
    )
    return drawn.encode()


def _quoted(text: str) -> Markup:
    """A text as a string of CSS: what is no letter, digit or blank is written as its number."""
    plain = (
        letter if letter.isalnum() or letter == " " else f"\\{ord(letter):x} " for letter in text
    )
    return Markup('"' + "".join(plain) + '"')  # noqa: S704 - nothing is left in it that ends a string or a tag


def _spark(drawn: Spark) -> Markup:
    return Markup(sparkline(drawn))  # noqa: S704 - our own drawing
