"""Dagster definitions by layer.

Modules here do without ``from __future__ import annotations``: Dagster reads the types of an asset's parameters from
the function object and does not resolve text.
"""
