"""Synthetic texts. A recipe (kind, language, reason, variant, order id) is stored, the text made only when read."""

from __future__ import annotations

from ingestion.simulator.world.catalogue import REASON_BY_TAG
from ingestion.simulator.world.tickets import Text

_Lines = dict[str, tuple[str, ...]]

THANKS: _Lines = {
    "it": ("Grazie", "Grazie mille!", "Perfetto, grazie", "Molte grazie"),
    "de": ("Danke", "Vielen Dank!", "Super, danke", "Besten Dank"),
    "en": ("Thank you", "Thanks a lot!", "Perfect, thanks", "Many thanks"),
}
_OPENING: _Lines = {
    "it": (
        "Buongiorno, scrivo per il mio ordine {order}.",
        "Salve, ordine {order}.",
        "Mi serve aiuto con {order}.",
    ),
    "de": (
        "Guten Tag, es geht um Bestellung {order}.",
        "Hallo, Bestellung {order}.",
        "Ich brauche Hilfe bei {order}.",
    ),
    "en": (
        "Hello, this is about order {order}.",
        "Hi, order {order}.",
        "I need some help with {order}.",
    ),
}
_MORE: _Lines = {
    "it": (
        "Potete dirmi di più?",
        "Non ho ancora ricevuto risposta.",
        "Allego una foto.",
        "È urgente per me.",
    ),
    "de": (
        "Können Sie mir mehr sagen?",
        "Ich habe noch keine Antwort.",
        "Ein Foto liegt bei.",
        "Es ist dringend.",
    ),
    "en": (
        "Could you tell me more?",
        "I have not had an answer yet.",
        "A photo is attached.",
        "This is urgent.",
    ),
}
_AGAIN: _Lines = {
    "it": ("Il problema non è risolto.", "È successo di nuovo."),
    "de": ("Das Problem ist nicht gelöst.", "Es ist wieder passiert."),
    "en": ("The problem is not solved.", "It happened again."),
}
_ANSWER: _Lines = {
    "it": (
        "Ci occupiamo subito della sua richiesta.",
        "Abbiamo verificato: ecco la soluzione.",
        "Rimborso avviato.",
    ),
    "de": (
        "Wir kümmern uns sofort darum.",
        "Wir haben es geprüft: hier ist die Lösung.",
        "Die Erstattung läuft.",
    ),
    "en": (
        "We are taking care of it right away.",
        "We checked it: here is the solution.",
        "The refund is on its way.",
    ),
}
_QUESTION = {
    "it": "Può inviarci una foto e il numero di serie?",
    "de": "Können Sie uns ein Foto und die Seriennummer schicken?",
    "en": "Could you send us a photo and the serial number?",
}
_UPDATE = {
    "it": "Aggiornamento: il corriere ha risposto, la spedizione prosegue.",
    "de": "Zwischenstand: Der Versanddienst hat geantwortet, die Sendung läuft weiter.",
    "en": "Update: the carrier has answered, the parcel is moving again.",
}
_AUTO = {
    "it": "Abbiamo ricevuto il suo messaggio. Risponderemo negli orari di apertura.",
    "de": "Wir haben Ihre Nachricht erhalten und antworten zu unseren Öffnungszeiten.",
    "en": "We have received your message and will answer during opening hours.",
}
_BOT = {
    "it": "Sono l'assistente automatico: lo stato dell'ordine {order} è nella sua area clienti.",
    "de": "Ich bin der automatische Assistent: Den Stand von {order} finden Sie im Kundenkonto.",
    "en": "I am the automatic assistant: the status of {order} is in your customer area.",
}
_VARIED: dict[str, _Lines] = {
    "open": _OPENING,
    "more": _MORE,
    "again": _AGAIN,
    "answer": _ANSWER,
}
_NOTES = (
    "Checked with the warehouse, waiting for the pick list.",
    "Customer called twice before, handle with care.",
    "Refund approved by the team lead.",
)
_FIXED: dict[str, str] = {
    "spam": "Buy followers now, best price, click here.",
    "merge_root": "Another request of this customer was merged into this one.",
    "merge_secondary": "This request was closed and merged into another one.",
    "handover": "Handing over at the end of my shift.",
    "escalate": "Needs second line.",
    "proxy": "Customer called and asked; answered on the phone.",
    "test": "Test of the mail set-up, please ignore.",
    "outbound": "We are contacting you about order {order}: please confirm the delivery address.",
}


def subject_of(text: Text) -> str:
    """Subject of a ticket from its recipe ``(reason, variant, order id)``."""
    reason, variant, order = text
    known = REASON_BY_TAG.get(reason)
    label = known.label if known else str(reason).capitalize()
    return f"{label} – {order}" if order else f"{label} ({variant})"


def body_of(text: Text) -> str:
    """Text of a comment from its recipe ``(kind, language, reason, variant, order id)``."""
    kind, language, reason, variant, order = text
    name = order or "–"
    if kind in _FIXED:
        return _FIXED[kind].format(order=name)
    if kind == "note":
        return f"{_NOTES[variant % len(_NOTES)]} [{reason}]"
    if kind == "thanks":
        return str(THANKS[language][variant % len(THANKS[language])])
    if kind == "auto":
        return _AUTO[language]
    if kind == "bot":
        return _BOT[language].format(order=name)
    if kind == "question":
        return _QUESTION[language]
    if kind == "update":
        return _UPDATE[language]
    label = REASON_BY_TAG[reason].label if reason in REASON_BY_TAG else reason
    lines = _VARIED[kind][language]
    line = str(lines[variant % len(lines)]).format(order=name)
    return f"{line} ({label}, ref. {variant % 9973})"
