"""Every KPI of demand and money (catalogue §6 C)."""

from __future__ import annotations

from tests.oracle.money.costs import cost_values
from tests.oracle.money.forecasts import forecast_values
from tests.oracle.money.orders import order_values, self_service_values
from tests.oracle.numbers.kpis import Facts, Value


def demand_values(facts: Facts) -> list[Value]:
    """Every value of this module."""
    values = forecast_values(facts) + order_values(facts)
    return values + self_service_values(facts) + cost_values(facts)
