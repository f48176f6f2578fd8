"""The simulated Zendesk Support account."""

from ingestion.simulator.zendesk.app import zendesk_app

__all__ = ["zendesk_app"]
