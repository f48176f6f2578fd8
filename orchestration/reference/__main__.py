"""Write the generated pages of ``docs/reference``."""

from __future__ import annotations

import sys

from ingestion.errors import DeskhouseError
from orchestration.reference.pages import pages, write_pages


def main() -> int:
    """Write what changed and say what it was; 1 when a text is missing."""
    try:
        written = write_pages(pages())
    except DeskhouseError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for path in written:
        sys.stdout.write(f"written: {path}\n")
    if not written:
        sys.stdout.write("the reference is up to date\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
