"""Seller feedback over HTTP: every site's dates, odd comments, refused rows, and what may be called removed."""

from __future__ import annotations

import csv
import gzip
import io
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from ingestion import pipeline
from ingestion.config import IngestionSettings
from ingestion.pipeline import ensure_tables
from ingestion.sources.amazon.site_dates import SITES_SEED
from orchestration.report import print_refusals
from orchestration.terminal import Terminal
from tests.empty_tables import begin_with_tables
from tests.ingestion.amazon.marketplaces import AS_OF, Loader, served
from tests.ingestion.amazon.scripted import (
    AMERICA,
    FEEDBACK,
    GERMANY,
    HEADER,
    ITALY,
    ScriptedSeller,
    line,
    report,
)
from tests.pipeline import PARTS, build

STORED = "select order_id, feedback_date, rating, removed_at from raw_amazon.seller_feedback order by order_id"
REFUSED = (
    "select table_name, file_name, line_no, column_name, reason from raw_amazon.quarantined_records"
    " order by line_no, column_name"
)
DAY = date(2025, 11, 23)
pytestmark = pytest.mark.tables("seller_feedback")
SOURCES = dict(pipeline.SOURCES)


@pytest.fixture(autouse=True)
def _short_history(loader: Loader) -> Iterator[None]:
    loader.configure(START_DATE=(AS_OF - timedelta(days=40)).isoformat())
    yield


def sites() -> list[dict[str, str]]:
    """Every Amazon site this project knows."""
    with SITES_SEED.open(encoding="utf-8", newline="") as handle:
        return [row for row in csv.DictReader(handle) if row["platform"] == "amazon"]


WRITTEN = {
    "amazon.it": "23/11/25",
    "amazon.de": "23.11.25",
    "amazon.co.uk": "23/11/25",
    "amazon.fr": "23/11/25",
    "amazon.es": "23/11/25",
    "amazon.nl": "23-11-25",
    "amazon.com.be": "23/11/25",
    "amazon.se": "2025-11-23",
    "amazon.pl": "23.11.2025",
    "amazon.ie": "23/11/25",
    "amazon.com": "11/23/25",
    "amazon.ca": "11/23/25",
    "amazon.com.mx": "23/11/25",
}
"""23 November 2025 as each site writes it, independent of the seed."""


def test_every_site_reads_its_own_dates(loader: Loader) -> None:
    assert {row["site"] for row in sites()} == WRITTEN.keys()
    seller = ScriptedSeller(
        {
            row["vendor_id"]: report(line(WRITTEN[row["site"]], f"{row['site'][-2:]}-1"))
            for row in sites()
        }
    )
    with served(seller.app()) as address:
        loader.loaded(address)
    found = loader.rows("select marketplace_id, feedback_date from raw_amazon.seller_feedback")
    assert sorted(found) == sorted((row["vendor_id"], DAY.isoformat()) for row in sites())
    assert loader.rows(REFUSED) == []


def test_the_american_report_is_read_month_first_and_a_day_it_lacks_is_refused_alone(
    loader: Loader,
) -> None:
    body = report(line("12/1/25", "10-1"), line("25/10/25", "10-2"), line("2/29/25", "10-3"))
    with served(ScriptedSeller({AMERICA: body}).app()) as address:
        loader.loaded(address)
    assert loader.rows(STORED) == [("10-1", "2025-12-01", 1, None)]
    reason = "there is no such day as amazon.com writes dates (m/d/y or yyyy-mm-dd)"
    ((_, document, *_), _) = found = loader.rows(REFUSED)
    assert document.startswith(f"{FEEDBACK} ") and document.endswith("of amazon.com")
    assert [row[2:] for row in found] == [(3, "Date", reason), (4, "Date", reason)]
    assert {row[0] for row in found} == {"order_defects"}


def test_quotation_marks_swallow_nothing_and_nothing_is_called_removed(loader: Loader) -> None:
    days = ("03.11.25", "14.11.25", "15.11.25", "16.11.25")
    plain = [line(day, f"3-{place}") for place, day in enumerate(days)]
    quoted = [
        line(day, f"3-{place}", comment=comment)
        for place, (day, comment) in enumerate(
            zip(days, ('"never again', 'la"te', '"broken', '"bad"'), strict=True)
        )
    ]
    seller = ScriptedSeller({GERMANY: report(*plain)})
    with served(seller.app()) as address:
        loader.loaded(address)
        first = loader.rows(STORED)
        seller.bodies[GERMANY] = report(*quoted)
        second = loader.loaded(address, AS_OF + timedelta(days=1))
    assert (
        loader.rows(STORED)
        == first
        == [(f"3-{place}", f"2025-11-{day[:2]}", 1, None) for place, day in enumerate(days)]
    )
    assert not any(second.rows.values())


def test_a_carriage_return_and_a_line_feed_inside_a_comment_lose_nothing(loader: Loader) -> None:
    body = report(
        line("03.11.25", "4-1", comment="bad\rvery \u2026 bad"),
        line("04.11.25", "4-2", comment="bad\r\nvery\n\nbad"),
        line("05.11.25", "4-3", rating=3, comment="\r"),
    )
    with served(ScriptedSeller({GERMANY: body}).app()) as address:
        loader.loaded(address)
    assert loader.rows(STORED) == [
        ("4-1", "2025-11-03", 1, None),
        ("4-2", "2025-11-04", 1, None),
        ("4-3", "2025-11-05", 3, None),
    ]
    assert loader.rows(REFUSED) == []


def test_every_charset_the_vendor_sends_is_read(loader: Loader) -> None:
    sent = [
        ("utf-8", "text/plain;charset=UTF-8"),
        ("utf-8", "text/plain"),
        ("utf-8-sig", 'text/tab-separated-values; charset="utf-8"'),
        ("utf-8-sig", "text/plain;charset=Cp1252"),
        ("utf-16", "application/octet-stream"),
        ("cp1252", "text/plain;charset=UTF-8"),
        ("iso-8859-1", "text/plain; charset=ISO-8859-1; format=flowed"),
        ("shift_jis", "text/plain;charset=Shift_JIS"),
        ("cp1252", "text/plain;charset=no-such-charset"),
        ("utf-8", ""),
    ]
    bodies: dict[str, bytes | None] = {}
    types = {}
    # each site sends its report in a way of its own
    for number, (site, (encoding, content_type)) in enumerate(zip(sites(), sent, strict=False)):
        plain = "tr\u00e8s d\u00e9\u00e7u \u00bb"
        comment = "\u58ca\u308c\u305f" if encoding == "shift_jis" else plain
        row = line(WRITTEN[site["site"]], f"5-{number}", comment=comment)
        bodies[site["vendor_id"]] = f"{HEADER}\r\n{row}\r\n".encode(encoding)
        types[site["vendor_id"]] = content_type
    assert len(types) == len(sent)
    with served(ScriptedSeller(bodies, content_types=types).app()) as address:
        loader.loaded(address)
    assert loader.rows(STORED) == [
        (f"5-{number}", DAY.isoformat(), 1, None) for number in range(len(sent))
    ]
    assert loader.rows(REFUSED) == []


def test_unreadable_rows_are_refused_alone_and_their_text_is_kept_nowhere(loader: Loader) -> None:
    body = report(
        line("03.11.25", "6-1"),
        line("04.11.25", "6-2", rating="five"),
        line("soon", "not an order"),
        "only a fragment of a row",
        line("05.11.25", "6-3", rating=2),
    )
    with served(ScriptedSeller({GERMANY: body}).app()) as address:
        loader.loaded(address)
        once = loader.content()
        loader.loaded(address, AS_OF + timedelta(days=1))
    assert [row[:2] for row in loader.rows(STORED)] == [
        ("6-1", "2025-11-03"),
        ("6-3", "2025-11-05"),
    ]
    assert [row[2:] for row in loader.rows(REFUSED)] == [
        (3, "Rating", "the rating is no whole number from 1 to 5"),
        (4, "Date", "the date is not written as on amazon.de (d.m.y or yyyy-mm-dd)"),
        (4, "Order ID", "there is no order number"),
        (5, None, "the row has 1 fields, the header 6"),
    ]
    assert loader.content() == once, "the same faults in the next report are no news"
    stored = repr(loader.content()["quarantined_records"])
    secrets = ("never again", "fragment", "five", "soon", "not an order", "example.com")
    assert not [text for text in secrets if text in stored]


def test_removed_is_concluded_only_from_a_report_in_which_every_row_names_its_order(
    loader: Loader,
) -> None:
    lines = [line("20.11.25", f"7-{place}") for place in range(4)]
    seller = ScriptedSeller({GERMANY: report(*lines)})
    with served(seller.app()) as address:
        loader.loaded(address)
        # 7-1 is gone, 7-2 unreadable, and one row says not which order it is about: it may be 7-1
        seller.bodies[GERMANY] = report(lines[0], line("20.13.25", "7-2"), "20.11.25\t1\tcut off")
        loader.loaded(address, AS_OF + timedelta(days=1))
        assert [row[3] for row in loader.rows(STORED)] == [None] * 4
        assert len(loader.rows(REFUSED)) == 2
        # now every row names its order: 7-1 and 7-3 are gone, the unreadable 7-2 is still listed
        seller.bodies[GERMANY] = report(lines[0], line("20.13.25", "7-2"))
        loader.loaded(address, AS_OF + timedelta(days=2))
        later = AS_OF + timedelta(days=2)
        assert [row[3] for row in loader.rows(STORED)] == [None, later, None, later]
        assert len(loader.rows(REFUSED)) == 1
        # corrected by the vendor: it stands, and 7-1 is back
        seller.bodies[GERMANY] = report(*lines[:3])
        loader.loaded(address, AS_OF + timedelta(days=3))
    assert [row[3] for row in loader.rows(STORED)] == [None, None, None, later]
    assert loader.rows(REFUSED) == []


def test_a_report_without_its_header_loads_nothing_removes_nothing_and_is_named(
    loader: Loader,
) -> None:
    good = report(line("20.11.25", "8-1"))
    seller = ScriptedSeller({GERMANY: good, ITALY: report(line("20/11/25", "8-2"))})
    with served(seller.app()) as address:
        loader.loaded(address)
        for body in (b"", good.replace(b"Order ID", b"Bestellnummer"), b"<html>busy</html>"):
            seller.bodies[GERMANY] = body
            loader.loaded(address, AS_OF + timedelta(days=1))
            assert [row[3] for row in loader.rows(STORED)] == [None, None]
            ((_, _, number, column, reason),) = loader.rows(REFUSED)
            assert number == 1 and column in ("Date", "Order ID")
            assert "nothing of the report was loaded" in reason


def test_a_site_with_refused_rows_is_read_from_the_same_day_until_it_is_whole(
    loader: Loader,
) -> None:
    seller = ScriptedSeller({GERMANY: report(line("01.11.25", "9-1", rating=9))})
    with served(seller.app()) as address:
        loader.loaded(address)
        loader.loaded(address, AS_OF + timedelta(days=120))
        seller.bodies[GERMANY] = report(line("01.11.25", "9-1", rating=2))
        loader.loaded(address, AS_OF + timedelta(days=121))
        loader.loaded(address, AS_OF + timedelta(days=122))
    begins = [one["dataStartTime"][:10] for one in seller.asked if one["reportType"] == FEEDBACK]
    first = (AS_OF - timedelta(days=40)).date().isoformat()
    look_back = (AS_OF + timedelta(days=122 - 90)).date().isoformat()
    assert begins == [first, first, first, look_back]
    assert loader.rows(STORED) == [("9-1", "2025-11-01", 2, None)]
    assert loader.rows(REFUSED) == []


def test_what_an_earlier_reading_stored_wrongly_is_corrected_by_the_next(loader: Loader) -> None:
    """Dates in the wrong order, no dates at all and false removals, as left by versions that read day first."""
    seller = ScriptedSeller(
        {
            AMERICA: report(
                line("11/5/25", "11-1"), line("11/25/25", "11-2"), line("11/30/25", "11-3")
            )
        }
    )
    with served(seller.app()) as address:
        loader.loaded(address)
        with duckdb.connect(str(loader.home / "warehouse.duckdb")) as connection:
            connection.execute(
                "update raw_amazon.seller_feedback set row_hash = 'old', feedback_date = case order_id"
                " when '11-1' then '2025-05-11' when '11-2' then '2025-25-11' else feedback_date end,"
                " removed_at = case order_id when '11-3' then timestamptz '2025-12-01 00:00:00+00' end"
            )
        loader.loaded(address, AS_OF + timedelta(days=1))
    assert loader.rows(STORED) == [
        ("11-1", "2025-11-05", 1, None),
        ("11-2", "2025-11-25", 1, None),
        ("11-3", "2025-11-30", 1, None),
    ]


def test_a_cut_off_document_is_one_sentence(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = gzip.compress(report(line("20.11.25", "12-1")))
    monkeypatch.setattr("tests.ingestion.amazon.scripted.gzip.compress", lambda _: whole[:-20])
    with served(ScriptedSeller({GERMANY: b"x"}).app()) as address:
        result = loader.load(address)
    assert "cannot be unpacked" in str(result.error) and "run again" in str(result.error)


@pytest.mark.tables("orders")
def test_an_order_that_is_none_or_of_another_form_costs_itself(loader: Loader) -> None:
    order = {"createdTime": "2025-12-01T10:00:00Z", "lastUpdatedTime": "2025-12-01T10:00:00Z"}
    seller = ScriptedSeller(
        {GERMANY: None},
        orders=[None, order, order | {"orderId": "1-1", "packages": 5}, order | {"orderId": "1-2"}],
    )
    with served(seller.app()) as address:
        loader.loaded(address)
    assert loader.rows("select order_id from raw_amazon.orders") == [("1-2",)]
    found = loader.rows(
        "select table_name, column_name, reason from raw_amazon.quarantined_records"
    )
    assert sorted(row[2].partition(" (")[0] for row in found) == [
        "orderId 1-1: a part has another form than published",
        "the record has no orderId",
        "the record is null instead of an object",
    ]
    assert {row[0] for row in found} == {"orders"}


@pytest.mark.slow
@pytest.mark.tables()
def test_what_a_vendor_sent_and_nobody_can_read_is_published(
    loader: Loader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the report to ``data_quality.quarantined_records``, and a spoiled stored date stops no build."""
    monkeypatch.setattr(pipeline, "SOURCES", SOURCES)  # the published table reads every source
    begin_with_tables(tmp_path)
    body = report(line("20.11.25", "1-1"), line("20.11.25", "1-2"), line("31.11.25", "1-3"))
    with served(ScriptedSeller({GERMANY: body}).app()) as address:
        loader.loaded(address)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute(
            "update raw_amazon.seller_feedback set feedback_date = '2025-20-11' where order_id = '1-2'"
        )
    models = ["+quarantined_records", "+amazon__order_defects"]
    build(tmp_path, AS_OF, models, target=PARTS)
    published = loader.rows(
        "select tenant_id, source_system, table_name, file_name, line_no, column_name, detected_at"
        " from data_quality.quarantined_records order by line_no"
    )
    stamp = AS_OF.replace(tzinfo=None)
    (_, _, _, document, *_), _ = published
    assert document.startswith("GET_SELLER_FEEDBACK_DATA") and document.endswith("amazon.de")
    assert published == [
        ("main", "amazon_sp", "order_defects", document, 4, "Date", stamp),
        (
            "main",
            "amazon_sp",
            "order_defects",
            "raw_amazon.seller_feedback",
            None,
            "feedback_date",
            stamp,
        ),
    ]
    defects = "select order_id, cast(opened_at as date) from staging.amazon__order_defects"
    assert loader.rows(defects) == [("1-1", date(2025, 11, 20))]
    said = io.StringIO()
    print_refusals(Terminal(file=said, width=200), tmp_path / "warehouse.duckdb")
    assert (
        f"{document} line 4, Date: there is no such day as amazon.de writes dates"
        in said.getvalue()
    )


@pytest.mark.tables()
def test_a_warehouse_of_an_earlier_version_gets_the_table_without_a_load(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(ScriptedSeller({GERMANY: report(line("20.11.25", "1-1"))}).app()) as address:
        loader.loaded(address)
    with duckdb.connect(str(loader.home / "warehouse.duckdb")) as connection:
        # as a version without the table leaves it: neither the tables nor dlt's note of them are there
        connection.execute("drop table raw_amazon.quarantined_records")
        connection.execute("drop table raw_amazon_staging.quarantined_records")
        connection.execute("delete from raw_amazon._dlt_version")
        connection.execute("delete from raw_amazon_staging._dlt_version")
    shutil.rmtree(loader.home / "dlt" / "pipelines")
    before = loader.rows(STORED)
    ensure_tables("amazon", IngestionSettings(home=loader.home, as_of=AS_OF))
    assert loader.rows(REFUSED) == [] and loader.rows(STORED) == before
