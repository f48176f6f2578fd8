"""Charts and lists keep two channels of one name apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from orchestration.dashboard.context import Context
from orchestration.dashboard.queries import reasons
from orchestration.dashboard.selection import Filters
from orchestration.presenting.languages import language
from orchestration.presenting.publication import Publication

WINDOWS = """
    create schema core; create schema tag_volume;
    create table core.dim_channels as from (values
        ('one', 'mail_de', 'Mail', 'email'), ('one', 'mail_it', 'Mail', 'email'), ('one', 'chat', 'Chat', 'email'))
        as rows (tenant_id, channel_id, name, platform);
    create table tag_volume.tag_volume_windows as
    select 'one' as tenant_id, 30 as window_days, 'channel' as scope_type, channel_id as scope_id,
        'late' as reason_name, 1 as rank, 3 as tickets, 1.0 as share_tagged, 0 as rank_change,
        false as was_top5, false as is_real_move, true as is_top5
    from core.dim_channels
"""


def _context() -> Context:
    connection = duckdb.connect()
    connection.execute(WINDOWS)
    publication = Publication(Path("synthetic"), connection)
    nobody: Any = None
    filters = Filters(tenant="one", days="30")
    return Context(nobody, publication, language("en", "dashboard"), filters, "reasons")


def test_the_commonest_reasons_of_two_channels_of_one_name_stay_apart() -> None:
    context = _context()
    found = reasons.top_by_channel(context.publication, context.filters)
    assert list(found.channel_id) == ["chat", "mail_de", "mail_it"]
    assert [context.place("channel", channel_id) for channel_id in found.channel_id] == [
        "Chat",
        "Mail (mail_de)",
        "Mail (mail_it)",
    ]


def test_a_channel_that_nobody_knows_keeps_its_id() -> None:
    assert _context().place("channel", "gone") == "gone"
