"""What is said when a pack cannot be written and everything else goes on."""

from __future__ import annotations

from ingestion.errors import DeskhouseError


def one_line(error: Exception) -> str:
    """Why a pack was not written, and how to get it."""
    said = str(error) if isinstance(error, DeskhouseError) else f"{type(error).__name__}: {error}"
    return (
        f"The monthly pack was not written ({' '.join(said.split())}); everything else stands. deskhouse review MONTH "
        "writes it, with deskhouse --debug it shows where it fails."
    )
