"""Who has seen which alert, kept in the ledger; the alerts read ``raw_ledger.acknowledgements``."""

from __future__ import annotations

from collections.abc import Iterable

from orchestration.ledger.operator import operator
from orchestration.ledger.tables import ledger_instant, ledger_of, table_of
from orchestration.settings import Settings


def acknowledge_alert(
    settings: Settings, tenant_id: str, alert_id: str, by: str, note: str | None = None
) -> None:
    """Record that somebody has seen an alert. The caller holds the writer's lock.

    Args:
        settings: of this run; its instant is that of the acknowledgement.
        tenant_id: seller company of the alert.
        alert_id: as in ``agent_sla.alerts``.
        by: name of the person.
        note: what he says about it.

    Raises:
        LedgerError: the ledger does not verify; nothing was written.
    """
    acknowledge_alerts(settings, [(tenant_id, alert_id)], by, note)


def acknowledge_alerts(
    settings: Settings, alerts: Iterable[tuple[str, str]], by: str, note: str | None = None
) -> None:
    """Record that somebody has seen several alerts (tenant and id each), in one file of the ledger.

    Raises:
        LedgerError: the ledger does not verify; nothing was written.
    """
    rows: list[dict[str, object]] = [
        {
            "tenant_id": tenant_id,
            "alert_id": alert_id,
            "acknowledged_by": by,
            "note": note,
            "acknowledged_at": ledger_instant(settings.as_of),
            "operator": str(operator()),
        }
        for tenant_id, alert_id in alerts
    ]
    if rows:
        ledger_of(settings.home).append({"acknowledgements": table_of("acknowledgements", rows)})
