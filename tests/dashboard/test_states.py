"""Empty, stale and changing publications: each has a state of its own, and a new version is followed."""

from __future__ import annotations

import shutil

import duckdb
import pytest

from orchestration.dashboard.registry import PAGES
from tests.dashboard.conftest import at_home
from tests.dashboard.driving import opened, said

EVIDENCE = (
    *("canonical.contact_forecast", "canonical.event_calendar", "canonical.tenants"),
    *("core.fct_response_obligations", "core.dim_channels", "core.dim_dates"),
)
"""What pages read of the private copy."""


def version_of(home, published, name):
    """A version of its own, a copy of the seller's."""
    folder = home / "published" / "versions" / name
    shutil.copytree((published / "published" / "current").resolve(), folder)
    return folder


def point_at(home, name):
    """Publish a version: the link is moved."""
    link = home / "published" / "current"
    link.unlink(missing_ok=True)
    link.symlink_to(f"versions/{name}")
    marts = home / "published" / "marts.duckdb"
    if not marts.is_symlink():
        marts.symlink_to("current/marts.duckdb")


@pytest.fixture(scope="module")
def hollow(tmp_path_factory, published):
    """A publication with every table and no row."""
    home = tmp_path_factory.mktemp("hollow")
    folder = home / "published" / "versions" / "v1"
    folder.mkdir(parents=True)
    source = published / "published" / "marts.duckdb"
    with duckdb.connect(str(folder / "marts.duckdb")) as connection:
        connection.execute(f"attach '{source.resolve()}' as full_one (read_only)")
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables where table_catalog = 'full_one'"
        ).fetchall()
        for schema, table in tables:
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(
                f"create table {schema}.{table} as select * from full_one.{schema}.{table} limit 0"
            )
    evidence = folder / "private"
    evidence.mkdir()
    with duckdb.connect(str(evidence / "warehouse.duckdb")) as connection:
        copy = (published / "published" / "current").resolve() / "private" / "warehouse.duckdb"
        connection.execute(f"attach '{copy}' as warehouse_copy (read_only)")
        for name in EVIDENCE:
            connection.execute(f"create schema if not exists {name.split('.')[0]}")
            connection.execute(
                f"create table {name} as select * from warehouse_copy.{name} limit 0"
            )
    point_at(home, "v1")
    with at_home(home):
        yield home


@pytest.mark.parametrize("page", PAGES)
def test_a_hollow_publication_has_designed_states(hollow, page):
    app = opened(page)
    assert not app.exception, app.exception
    text = said(app)
    assert "This cannot be shown" not in text, text
    assert len(text) > 60, text


def test_nothing_published_yet_says_what_to_do(tmp_path):
    with at_home(tmp_path):
        app = opened()
    assert not app.exception
    assert "Nothing to show yet" in said(app) and "deskhouse run" in said(app)


def test_a_new_publication_is_followed(tmp_path, published):
    home = tmp_path / "home"
    version_of(home, published, "v1")
    newer = version_of(home, published, "v2")
    with duckdb.connect(str(newer / "marts.duckdb")) as connection:
        connection.execute(
            "update governance_review.kpi_monthly set value = 0.4321, as_of = timestamp '2026-01-31 07:00:00' "
            "where kpi_id = 'sla_compliance' and scope_type = 'company' and layer = 'internal'"
        )
    point_at(home, "v1")
    with at_home(home):
        app = opened("overview")
        assert "43.2%" not in said(app) and "30 Jan 2026, 06:00 UTC" in said(app)
        point_at(home, "v2")
        app.run()
        assert "43.2%" in said(app) and "31 Jan 2026, 07:00 UTC" in said(app)


def test_stale_sources_and_greys_say_why(tmp_path, published):
    home = tmp_path / "home"
    folder = version_of(home, published, "v1")
    with duckdb.connect(str(folder / "marts.duckdb")) as connection:
        connection.execute(
            "update data_quality.source_freshness set freshness_status = 'red', freshness_lag_s = 200000 "
            "where source_system = 'zendesk'"
        )
        connection.execute(
            "update governance_review.kpi_monthly set status = 'grey_not_measurable', value = null, "
            "status_reason = 'no source delivers costs' where kpi_id = 'csat' and scope_type = "
            "'company' and is_governed"
        )
    point_at(home, "v1")
    with at_home(home):
        overview = said(opened("overview", lang="it"))
        assert "I dati di zendesk sono troppo vecchi" in overview
        assert "non misurabile" in overview and "nessuna fonte fornisce costi" in overview
        assert "tables too old" in said(opened("data")) and "too old" in said(opened("data"))
