"""When each source was last looked at with success, whether or not it had anything new: ``raw_checks.source_looks``.

An interface that was asked and had nothing new is not behind; without this its silence would look like a stopped load.
"""

from __future__ import annotations

import duckdb

from ingestion.config import IngestionSettings

_CREATE = """
create schema if not exists raw_checks;
create table if not exists raw_checks.source_looks (connector varchar not null, looked_at timestamp not null)
"""


def remember_look(connector: str, settings: IngestionSettings) -> None:
    """Append that a source was read to its end, at the as-of instant (UTC) of the run; once per instant.

    Landing without a folder looked at nothing and is not noted.

    Args:
        connector: name of the source, ``landing`` for files.
        settings: warehouse and as-of instant of the run.
    """
    if connector == "landing" and settings.landing_dir is None:
        return
    looked_at = settings.as_of.replace(tzinfo=None)
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute(_CREATE)
        connection.execute(
            "insert into raw_checks.source_looks select ?, ? where not exists "
            "(select 1 from raw_checks.source_looks where connector = ? and looked_at = ?)",
            [connector, looked_at, connector, looked_at],
        )
