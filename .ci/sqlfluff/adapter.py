"""Stands in for dbt's adapter while SQL style is checked: a dispatched macro becomes some valid SQL."""

_TABLES = ("json_rows", "json_values", "date_rows")


def _join(relation, alias, keys, left_at, at, *_):
    pairs = " and ".join(f"{left} = {alias}.{right}" for left, right in keys)
    return f"left join {relation} as {alias}\n    on {pairs}\n    and {left_at} = {alias}.{at}"


def dispatch(name, macro_namespace=None):
    """A macro that renders to a join or a table where the real one does, else to a scalar."""
    if name == "asof_left_join":
        return _join
    text = "(select 1 as value)" if name in _TABLES else "stub_expression(1)"
    return lambda *args, **kwargs: text
