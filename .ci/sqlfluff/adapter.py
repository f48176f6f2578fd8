"""Stands in for dbt's adapter while SQL style is checked: a dispatched macro becomes SQL that uses its arguments."""

import re

_TABLES = ("json_rows", "json_values")
_QUERIES = ("date_rows", "json_list_rows")


def _join(relation, alias, keys, left_at, at, *_):
    pairs = " and ".join(f"{left} = {alias}.{right}" for left, right in keys)
    return f"left join {relation} as {alias}\n    on {pairs}\n    and {left_at} = {alias}.{at}"


def _scalar(*args, **_):
    """Short, so that line lengths stay those of the source, yet naming a column, so that its alias counts as used."""
    found = re.search(r"\b[a-z_]+\.[a-z_]+\b", " ".join(str(arg) for arg in args))
    return f"stub({found.group()})" if found else "stub(1)"


def dispatch(name, macro_namespace=None):
    """A macro that renders to a join, a query or a table where the real one does, else to a scalar."""
    if name == "asof_left_join":
        return _join
    if name in _QUERIES:
        return lambda relation, *args, **kwargs: f"select * from {relation}"
    if name in _TABLES:
        return lambda *args, **kwargs: "stub_rows(1)"
    return _scalar


def get_relation(*args, **kwargs):
    """No relation exists while style is checked."""
