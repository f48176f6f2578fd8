"""Schemas of the marketplace contracts as validators."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema

FORMATS = jsonschema.FormatChecker([])
Change = Callable[[dict[str, Any]], None]


@FORMATS.checks("date-time", ValueError)
def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def problems(contract: Path, name: str, body: object, *changes: Change) -> list[str]:
    """What in ``body`` breaks schema ``name`` of the contract; ``changes`` edit the schemas before."""
    document = json.loads(contract.read_text(encoding="utf-8"))
    schemas = copy.deepcopy(document.get("definitions") or document["components"]["schemas"])
    for change in changes:
        change(schemas)
    if "definitions" in document:
        schema = {"$ref": f"#/definitions/{name}", "definitions": schemas}
    else:
        schema = {
            "$ref": f"#/components/schemas/{name}",
            "components": {"schemas": schemas},
        }
    validator = jsonschema.Draft4Validator(schema, format_checker=FORMATS)
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
        for error in validator.iter_errors(body)
    ]
