"""One message to receivers of every mood: what is known of its fate, and that nothing secret is said."""

from __future__ import annotations

import logging

import pytest

from orchestration.delivery import transport
from orchestration.delivery.transport import AddressError, Letter, fate_of, open_address, post
from tests.delivery.receivers import Mail, Webhook, free_port, text_of

LETTER = Letter("[high] Títle", "line one\nline <two> & error=503", "high", "ref-1", "episode-1")


def fate(url: str, letter: Letter = LETTER) -> tuple[str, str]:
    receipt = post(open_address("X", url), letter)
    return receipt.fate, receipt.reason


def test_a_webhook_that_answers_gets_text_and_key():
    with Webhook() as hook:
        assert fate(hook.url()) == ("sent", "")
    assert (hook.got[0]["title"], hook.got[0]["message"]) == (LETTER.title, LETTER.body)
    assert hook.keys == ["ref-1"]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("404", ("failed", "the receiver refused it (404)")),
        ("429", ("failed", "the receiver refused it (429)")),
        ("503", ("failed", "the receiver refused it (503)")),
        ("504", ("unknown", "a gateway gave up waiting for the receiver (504)")),
        ("cut", ("unknown", "the connection ended before the receiver answered")),
    ],
)
def test_a_webhook_that_refuses_or_cuts(mode, expected):
    with Webhook(mode) as hook:
        assert fate(hook.url()) == expected


def test_a_slow_webhook_may_have_taken_it(monkeypatch):
    monkeypatch.setattr(transport, "TIMEOUT_SECONDS", 0.3)
    with Webhook("slow") as hook:
        assert fate(hook.url())[0] == "unknown"
        assert len(hook.got) == 1


def test_receivers_that_are_down_have_nothing():
    said = ("failed", "no connection to the receiver")
    assert fate(f"json://127.0.0.1:{free_port()}/x") == said
    assert fate(f"mailto://127.0.0.1:{free_port()}?from=a@b.org&to=c@d.org") == said


def test_a_mail_is_marked_so_that_a_repetition_is_known():
    with Mail() as mail:
        assert fate(mail.url()) == ("sent", "")
    message = mail.got[0]
    assert message["Subject"] == LETTER.title
    assert message["X-Deskhouse-Delivery"] == "ref-1"
    assert message["References"] == "<episode-1@deskhouse.invalid>"
    assert text_of(message).splitlines() == LETTER.body.splitlines()


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("rcpt", ("failed", "the receiver refused it (550)")),
        ("data", ("failed", "the receiver refused it (451)")),
        ("cut", ("unknown", "the connection ended before the receiver answered")),
    ],
)
def test_a_mail_server_that_refuses_or_cuts(mode, expected):
    with Mail(mode) as mail:
        assert fate(mail.url()) == expected


def test_a_mail_that_some_receivers_have_is_not_repeated():
    with Mail("cc") as mail:
        said = fate(mail.url(cc="other@example.org"))
    assert said == ("unknown", "one of its receivers refused it (550), others have it")


def test_what_proves_nothing_is_unknown():
    assert fate_of([]).fate == "unknown"
    payload = (logging.DEBUG, "JSON Payload: error=404 (550, 'x')")
    assert fate_of([payload]).fate == "unknown"


def test_addresses_that_cannot_be_used_are_named_by_their_variable():
    with pytest.raises(AddressError, match=r"^MY_URL holds no address") as caught:
        open_address("MY_URL", "nonsense://SECRET")
    assert "SECRET" not in str(caught.value)
    two = "mailto://127.0.0.1:25?from=a@b.org&to=c@d.org,e@f.org"
    with pytest.raises(AddressError, match="MY_URL names 2 receivers"):
        open_address("MY_URL", two)


def test_the_library_writes_into_no_log(caplog, capfd):
    """Its notices name addresses; whatever the level, they come to us alone, and its logger is left as it was."""
    caplog.set_level(logging.DEBUG)
    open_address("X", "json://127.0.0.1")  # the library is imported from here on
    logger = logging.getLogger("apprise")
    before = (logger.level, logger.propagate, list(logger.handlers), logging.root.manager.disable)
    with Webhook("503") as hook:
        fate(hook.url("SECRET"))
    assert "SECRET" not in caplog.text
    assert capfd.readouterr() == ("", "")
    after = (logger.level, logger.propagate, list(logger.handlers), logging.root.manager.disable)
    assert after == before


def test_the_library_does_not_repeat_by_itself():
    with Webhook("503") as hook:
        service = open_address("X", hook.url() + "?retry=3&wait=1")
        assert (service.retry, post(service, LETTER).fate) == (0, "failed")
