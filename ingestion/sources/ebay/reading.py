"""The streams of the eBay source: which rows are new since the last run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import dlt
from dlt.extract.resource import DltResource

from ingestion.config import IngestionSettings
from ingestion.forgotten import Forgotten
from ingestion.privacy import Pseudonymiser
from ingestion.quarantine import VendorQuarantine
from ingestion.readable import readable
from ingestion.sources.ebay import columns, orders, requests, standards
from ingestion.sources.ebay.client import EbayClient
from ingestion.sources.ebay.mailbox import Mailbox
from ingestion.sources.ebay.orders import instant_of, instant_text
from ingestion.sources.ebay.severed import SeveredThreads
from ingestion.sources.ebay.texts import MailTexts
from ingestion.sources.ebay.threads import ThreadPoll, ThreadPolling
from ingestion.sources.marketplace.tables import RawTable
from ingestion.texts.keeper import TextKeeper
from ingestion.unchanged import Row, stored_rows

LONGEST_REQUEST_HISTORY = timedelta(days=540)
"""The resolution centre reaches back 18 months."""


@dataclass(frozen=True)
class Lookbacks:
    """How far behind its cursor each kind of stream reads again."""

    orders: timedelta
    messages: timedelta
    requests: timedelta


class Reader:
    """Reads all accounts; each stream keeps one cursor per account in dlt's state of its resource."""

    def __init__(
        self,
        settings: IngestionSettings,
        clients: list[EbayClient],
        tenant_id: str,
        start: datetime,
        lookbacks: Lookbacks,
        pseudonymiser: Pseudonymiser,
        usernames: dict[str, str],
        message_accounts: frozenset[str],
        quarantine: VendorQuarantine,
    ) -> None:
        self._quarantine = quarantine
        self._settings = settings
        self._clients = clients
        self._tenant_id = tenant_id
        self._start = start
        self._lookbacks = lookbacks
        forgotten = Forgotten(settings.home)
        self._severed = SeveredThreads(settings, forgotten, quarantine)
        is_forgotten = partial(forgotten.holds, tenant_id, "ebay")
        self._texts = TextKeeper(settings)
        texts = MailTexts(self._texts, tenant_id)
        self._mailboxes = {
            one.account_id: Mailbox(
                one, pseudonymiser, usernames.get(one.account_id), is_forgotten, texts
            )
            for one in clients
            if one.account_id in message_accounts
        }
        self._order_pages: list[list[dict[str, Any]]] | None = None
        self._threads: ThreadPoll | None = None

    def resources(self) -> list[DltResource]:
        """All resources, bound to their streams."""
        streams: list[tuple[RawTable, Callable[[], Iterator[list[Row]]]]] = [
            (columns.ORDERS, self.orders),
            (columns.ORDER_LINES, self.order_lines),
            (columns.PAYMENT_DISPUTES, self.payment_disputes),
            (columns.STANDARDS, self.seller_standards_profiles),
            (columns.SERVICE_METRICS, self.customer_service_metrics),
            (columns.CONVERSATIONS, self.conversations),
            (columns.CONVERSATION_STATES, self.conversation_states),
            (columns.MESSAGES, self.conversation_messages),
            (columns.CANCELLATIONS, self.cancellations),
        ]
        streams += [(kind.table, self._requests_of(kind)) for kind in requests.KINDS]
        resources = [
            table.resource(self._quarantine.watched(self._emitting(table, read)))
            for table, read in streams
        ]
        return [*resources, self._quarantine.resource()]

    def orders(self) -> Iterator[list[Row]]:
        """`getOrders` by ``lastmodifieddate``; look-back because pages shift while orders change."""
        yield from self._changed_orders(
            "orders", lambda order, account_id: [orders.order_row(order, account_id)]
        )

    def order_lines(self) -> Iterator[list[Row]]:
        """The lines of the same orders, which the resolution centre refers to."""
        yield from self._changed_orders(
            "order_line_items", lambda order, account_id: orders.line_rows(order)
        )

    def payment_disputes(self) -> Iterator[list[Row]]:
        """`getPaymentDisputeSummaries` by open date; the deadline disappears with the answer, so it is kept."""
        known = dict(
            self._stored(columns.PAYMENT_DISPUTES, ("payment_dispute_id", "respond_by_date"))
        )
        for client in self._clients:
            since = self._request_begin("payment_disputes", client)
            for rows in orders.dispute_rows(client, since, self._settings.as_of):
                for row in rows:
                    row["respond_by_date"] = row["respond_by_date"] or _text(
                        known.get(row["payment_dispute_id"])
                    )
                yield rows

    def seller_standards_profiles(self) -> Iterator[list[Row]]:
        """`findSellerStandardsProfiles`: a snapshot; an unchanged one adds no row."""
        for client in self._clients:
            rows = standards.standards_rows(client, self._settings)
            yield standards.without_repeats(columns.STANDARDS, self._settings, rows)

    def customer_service_metrics(self) -> Iterator[list[Row]]:
        """`getCustomerServiceMetric`: a snapshot per type and evaluation; an unchanged one adds no row."""
        for client in self._clients:
            rows = list(standards.service_rows(client, self._settings))
            yield standards.without_repeats(columns.SERVICE_METRICS, self._settings, rows)

    def conversations(self) -> Iterator[list[Row]]:
        """`getConversations` (members) of the accounts whose messages reach no helpdesk."""
        yield self._polled().threads

    def conversation_states(self) -> Iterator[list[Row]]:
        """States of threads that are others than when met before; nothing is ever replaced."""
        yield self._polled().states

    def conversation_messages(self) -> Iterator[list[Row]]:
        """`getConversation` of every thread that has changed."""
        for thread in self._polled().threads:
            mailbox = self._mailboxes[thread["seller_account"]]
            for rows in mailbox.message_rows(thread["conversation_id"]):
                yield self._severed.messages(rows)
        self._texts.flush()

    def cancellations(self) -> Iterator[list[Row]]:
        """Search cancellations by creation; says who asked, which an order does not."""
        for client in self._clients:
            since = self._request_begin("cancellations", client)
            yield from requests.cancellation_rows(client, since, self._settings.as_of)

    def _requests_of(self, kind: requests.Kind) -> Callable[[], Iterator[list[Row]]]:
        def read() -> Iterator[list[Row]]:
            stored = self._stored(kind.table, (kind.table.key[0], "last_modified_date"))
            known = {key: text for key, instant in stored if (text := _text(instant))}
            for client in self._clients:
                since = self._request_begin(kind.table.name, client)
                yield from requests.request_rows(client, kind, since, self._settings.as_of, known)

        return read

    def _changed_orders(
        self, resource: str, rows_of: Callable[..., list[Row]]
    ) -> Iterator[list[Row]]:
        state = dlt.current.resource_state(resource)
        for client in self._clients:
            newest = state.get(client.account_id)
            since = instant_of(newest) - self._lookbacks.orders if newest else self._start
            for page in orders.order_pages(client, since):
                found = readable(
                    self._quarantine,
                    "orders",
                    orders.ORDERS,
                    page,
                    partial(rows_of, account_id=client.account_id),
                    "orderId",
                )
                yield [row for rows in found for row in rows]
                stamps = [
                    str(one.get("lastModifiedDate") or "") for one in page if isinstance(one, dict)
                ]
                state[client.account_id] = max([state.get(client.account_id) or "", *stamps])

    def _polled(self) -> ThreadPoll:
        """The mailboxes of this load, read when first asked for and shared by three streams."""
        if self._threads is None:
            self._threads = ThreadPolling(
                self._settings,
                self._mailboxes,
                self._severed,
                self._start,
                self._lookbacks.messages,
                dlt.current.resource_state(columns.CONVERSATIONS.name),
                dlt.current.resource_state(columns.CONVERSATION_STATES.name),
            ).run()
        return self._threads

    def _request_begin(self, resource: str, client: EbayClient) -> datetime:
        """Begin of the range of creation: everything on the first run, later the look-back.

        Requests are searched by creation only; one that changes after the look-back is not seen any more.
        """
        state = dlt.current.resource_state(resource)
        earliest = max(self._start, self._settings.as_of - LONGEST_REQUEST_HISTORY)
        known = state.get(client.account_id)
        state[client.account_id] = instant_text(self._settings.as_of)
        return max(earliest, instant_of(known) - self._lookbacks.requests) if known else earliest

    def _stored(self, table: RawTable, names: tuple[str, ...]) -> list[tuple[Any, ...]]:
        return stored_rows(self._settings.warehouse, table.dataset, table.name, names)

    def _emitting(
        self, table: RawTable, read: Callable[[], Iterator[list[Row]]]
    ) -> Callable[[], Iterator[Any]]:
        def items() -> Iterator[Any]:
            yield from table.changed_pages(self._settings, self._tenant_id, read())

        return items


def _text(instant: datetime | None) -> str | None:
    return instant_text(instant) if instant is not None else None
