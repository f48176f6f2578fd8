"""``docs/reference/canonical.md``: the canonical contract, which is also the format of landing files."""

from __future__ import annotations

from ingestion.canonical import Column, Personal, Table, envelope, tables
from orchestration.reference.markdown import codes, page, table

_INTRODUCTION = """\
Every source is mapped to these tables ([catalogue §2](../catalogue.md#2-canonical-event-model)), and a file in
`DESKHOUSE_LANDING_DIR` named after one of them fills it. How names of files and values are read, and what is
refused, stands in [`ingestion/sources/landing/README.md`](../../ingestion/sources/landing/README.md).

- **Kind.** *event*: rows grow, all sources are united. *entity*: reference owned by a source system. *rule*:
  reference owned by the tenant; a landing file replaces the vendor's rows, the vendor's replace the seed's.
- **Required** columns must be there and filled, unless a default or a note says who fills them.
- **Vocabulary** is closed unless it ends in `…`: another word refuses the row.
- **Personal** columns are hashed where the file is read and never stored as they stand."""

_FORMS = {
    "zone": "IANA time zone",
    "clock": "time of day",
    "currency": "ISO 4217 code",
    "score": "number or word of its scale",
    "list": "JSON list of texts",
    "object": "JSON object",
}
_PERSONAL = {
    "customer": "names a buyer: hashed",
    "session": "may name a buyer: hashed",
    "text": "quotes a person: only a fingerprint is kept",
}


def contract_page() -> str:
    """The whole page."""
    found = tables()
    lines = [*_INTRODUCTION.splitlines(), ""]
    lines += table(
        ("table", "kind", "key (besides the tenant)"),
        [(f"[`{name}`](#{name})", one.kind, codes(_key(one))) for name, one in found.items()],
    )
    lines += ["", "## Columns of every table", ""]
    lines += table(
        ("column", "type", "means"),
        [(f"`{name}`", column.type, column.meaning) for name, column in envelope().items()],
    )
    for name, one in found.items():
        lines += ["", f"## {name}", "", f"{one.meaning} Kind: {one.kind}. Key: {codes(_key(one))}."]
        if one.at:
            lines[-1] += f" `occurred_at` is filled with `{one.at}`."
        lines += [""]
        rows = [
            (
                f"`{column.name}`",
                column.type,
                _required(column),
                _values(column),
                column.meaning,
            )
            for column in one.columns.values()
        ]
        lines += table(("column", "type", "required", "values", "means"), rows)
    return page("Canonical tables and landing files", lines)


def _key(one: Table) -> list[str]:
    return [name for name in one.identity if name != "tenant_id"] or ["tenant_id"]


def _required(column: Column) -> str:
    if column.default is not None:
        return f"default `{column.default}`"
    return "yes" if column.required else ""


def _values(column: Column) -> str:
    said = []
    if column.allowed:
        said.append(codes(column.allowed) + (", …" if column.is_open else ""))
    if column.form:
        said.append(_FORMS[column.form])
    if column.personal:
        said.append(_PERSONAL[column.personal.kind] + _where(column.personal))
    return "; ".join(said)


def _where(personal: Personal) -> str:
    """In which rows the column names somebody, where not in all."""
    if personal.when:
        return f" where `{personal.when}` is `{personal.word}`"
    return f" where it repeats `{personal.word}`" if personal.word else ""
