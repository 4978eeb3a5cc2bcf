"""Mends JSON that a model wrote almost right: fences and words around it, missing quotes, commas too many."""

from __future__ import annotations

import json

from headrace.ai.provider import Schema

CHARS_MAX = 200_000


def mended(text: str, schema: Schema) -> str | None:
    """Return the JSON object that the text probably means; `None` if it shows none of the schema's fields.

    Not for text that was cut: what is missing there is missing.
    """
    if len(text) > CHARS_MAX or "{" not in text:
        return None
    from json_repair import repair_json

    value = repair_json(text, return_objects=True, skip_json_loads=True)
    fields = schema.definition.get("properties")
    is_known = isinstance(value, dict) and isinstance(fields, dict) and not fields.keys().isdisjoint(value)
    return json.dumps(value, ensure_ascii=False) if is_known else None
