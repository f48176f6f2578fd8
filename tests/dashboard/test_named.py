"""Charts and lists keep two channels of one name apart."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

from orchestration.dashboard.queries import reasons
from orchestration.dashboard.queries.places import named
from orchestration.dashboard.selection import Filters
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


def _publication() -> Publication:
    connection = duckdb.connect()
    connection.execute(WINDOWS)
    return Publication(Path("synthetic"), connection)


def test_the_commonest_reasons_of_two_channels_of_one_name_stay_apart() -> None:
    filters = Filters(tenant="one", days="30")
    found = reasons.top_by_channel(_publication(), filters)
    assert list(found.channel) == ["Chat", "Mail (mail_de)", "Mail (mail_it)"]


def test_a_channel_that_nobody_knows_keeps_its_id_and_none_stays_none() -> None:
    frame = pd.DataFrame({"channel": ["chat", "gone", None], "day": [date(2026, 10, 1)] * 3})
    named(_publication(), Filters(tenant="one"), frame, "channel", "channel")
    assert list(frame.channel[:2]) == ["Chat", "gone"]
    assert frame.channel.isna().tolist() == [False, False, True]
