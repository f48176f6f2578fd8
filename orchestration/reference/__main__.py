"""Write the generated pages of ``docs/reference``."""

from __future__ import annotations

from ingestion.errors import DeskhouseError
from orchestration.reference.pages import pages, write_pages
from orchestration.terminal import Terminal


def main() -> int:
    """Write what changed and say what it was; 1 when a text is missing."""
    try:
        written = write_pages(pages())
    except DeskhouseError as error:
        Terminal(is_error=True).error(str(error))
        return 1
    for path in written:
        Terminal().line(f"written: {path}")
    if not written:
        Terminal().line("the reference is up to date")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
