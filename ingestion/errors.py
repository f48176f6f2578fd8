"""Errors a person can act on: each message names the thing, the place and the remedy."""

from __future__ import annotations


class DeskhouseError(Exception):
    """Base of all expected failures; its text is one sentence for the person at the terminal."""


class ConfigurationError(DeskhouseError):
    """A setting is missing or wrong."""


class CredentialsError(ConfigurationError):
    """A vendor's credentials are missing or refused."""


class VendorUnreachableError(DeskhouseError):
    """A vendor could not be reached, or kept failing after all retries."""


class ContractError(DeskhouseError):
    """Incoming data break the contract in a way that cannot be quarantined row by row."""


class EngineBrokenError(DeskhouseError):
    """DuckDB met an error of its own and gave up the whole file for this process."""


class WarehouseLockedError(DeskhouseError):
    """Another process is writing to the warehouse file."""


class DiskFullError(DeskhouseError):
    """No space left under DESKHOUSE_HOME."""


class DamagedFileError(DeskhouseError):
    """A file that a program keeps for itself cannot be read any more; the text names the command that heals it."""
