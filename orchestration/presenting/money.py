"""The unit of a number where it comes from the registry: money is told in the money it is."""

from __future__ import annotations


def unit_sql(unit: str, tenant: str) -> str:
    """SQL of a registry's unit, ``currency`` replaced by the code (ISO 4217) of the tenant's currency.

    ``kpi_monthly`` says it on every number of money; a tenant without one keeps the word.

    Args:
        unit: SQL of the registry's unit.
        tenant: SQL of the tenant whose number it is.
    """
    return (
        f"case when {unit} = 'currency' then coalesce((select max(money.unit) from governance_review.kpi_monthly "
        f"as money where money.tenant_id = {tenant} and regexp_full_match(money.unit, '[A-Z]{{3}}')), {unit}) "
        f"else {unit} end"
    )
