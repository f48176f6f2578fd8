"""Tables of the outbox."""

from __future__ import annotations

from orchestration.delivery.kept_numbers import REPORT_TABLES

OUTBOX_TABLES = (
    """
create table if not exists messages (
    message_id text primary key, kind text not null, tenant_id text not null, subject text not null,
    recipient text not null, variable text not null, severity text not null, title text, body text,
    attachments text not null, thread text not null, state text not null, attempts integer not null,
    created_at text not null, next_at text not null, started_at text, finished_at text, reason text not null
) strict;
create table if not exists told (
    recipient text not null, kind text not null, episode text not null, message_id text not null,
    tenant_id text not null, alert_id text not null, rule_id text not null, is_digest integer not null,
    at text not null, primary key (recipient, kind, episode, message_id)
) strict;
create index if not exists told_by_episode on told (episode);
create index if not exists messages_by_state on messages (state, next_at);
"""
    + REPORT_TABLES
)
