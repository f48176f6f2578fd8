"""Stands in for the target of dbt's profile while SQL style is checked: that of production."""

name = "duckdb"
type = "duckdb"
