"""Details of rows are told in the reader's language: codes by words, what people named as they named it."""

from __future__ import annotations

import pytest

from ingestion.canonical import tables
from orchestration.dashboard.context import Context
from orchestration.dashboard.detail_words import COSTS, GRAINS, MESSAGES, ORIGINS, STATES
from orchestration.dashboard.details import detail, is_known
from orchestration.dashboard.words import DOMAINS
from orchestration.presenting.languages import language
from orchestration.presenting.persons import person_in
from orchestration.publishing import EVIDENCE_FILE
from orchestration.warehouse import open_read_only

_NAMED_BY_PEOPLE = ("reason_contact_rate", "tag_share", "tag_volume", "top5_share")
"""KPIs of which a row is a reason, by the name that the seller gave it."""


@pytest.fixture
def telling(settings, current, seller):
    """Tells a detail in a language."""
    return lambda code, text: detail(
        Context(settings, current, language(code, *DOMAINS), seller, "why"), text
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("first turn met, responder", "первое сообщение: обещание выполнено, дал ответ"),
        ("next turn, thank_you_rule", "следующее сообщение: только благодарность"),
        (
            "first turn due 2025-11-02 09:54:16, queue",
            "первое сообщение: срок 2025-11-02 09:54:16, ни у кого",
        ),
        ("3+ contacts, said the customer", "контактов: 3+, по словам покупателя"),
        ("wrong item -> untagged", "wrong item → без причины"),
        ("normal", "норма"),
        ("pending", "ждёт клиента"),
        (
            "amz_csdr of amazon.de, -1 left",
            "Amazon: недовольство службой поддержки, amazon.de, осталось: -1",
        ),
    ],
)
def test_a_detail_is_told_by_its_parts(telling, text, said):
    assert telling("ru", text) == said


def test_a_person_in_a_detail_is_called_by_name_and_can_be_logged(settings, current, seller):
    context = Context(settings, current, language("it", *DOMAINS), seller, "why")
    key = next(key for key in context.people.index if context.names.get(key))
    text = f"first turn, answered by {key}"
    assert detail(context, text) == f"primo messaggio: ha risposto {context.person(key)}"
    assert person_in(text) == key
    assert person_in("first turn, waived") is None


@pytest.mark.parametrize("name", ["point of sale", "late delivery", "out of stock, maybe"])
@pytest.mark.parametrize("code", ["en", "it"])
def test_what_people_named_stays(telling, code, name):
    assert telling(code, name) == name
    assert telling(code, f"{name}, place 3").startswith(name)


def test_every_code_of_the_contract_has_a_word():
    for table, column, words in (
        ("messages", "message_kind", MESSAGES),
        ("tickets", "origin", ORIGINS),
        ("agent_time", "state", STATES),
        ("costs", "cost_type", COSTS),
        ("contact_forecast", "grain", GRAINS),
    ):
        allowed = tables()[table].columns[column].allowed
        assert allowed and set(allowed) <= words.keys(), (table, column)


def test_every_detail_of_a_month_is_known(current, seller):
    """A pattern for whatever the observations of the seller's last month say, reasons' own names apart."""
    unknown = {}
    with open_read_only(current.path.parent / EVIDENCE_FILE) as connection:
        for relation in ("counts_observed", "durations_observed", "evidence"):
            rows = connection.execute(
                f"select kpi_id, list(distinct detail) from intermediate.int_kpi_{relation} "
                "where detail is not null and month = ? group by kpi_id",
                [seller.first_day],
            ).fetchall()
            assert rows
            unknown |= {
                kpi: shapes
                for kpi, details in rows
                if kpi not in _NAMED_BY_PEOPLE
                and (shapes := [text for text in details if not is_known(text)])
            }
    assert not unknown
