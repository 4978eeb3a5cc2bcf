"""Secrets that slipped into a text are taken out again: the last net, not the first."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any, NamedTuple

HIDDEN = "***"

_NAMES = re.compile(r"(?i)(?:^|_)(?:authorization|cookie|password|passwd|secret|token|api_?key|credentials?)$")


class _Secret(NamedTuple):
    """What a kind of secret looks like, and texts of which it has one: to look for these takes hardly any time."""

    signs: tuple[str, ...]
    pattern: re.Pattern[str]
    instead: str


_SECRETS = (
    # ours: keys, refresh tokens, links to jobs, local tokens, callbacks; signed tokens; what other services' keys begin with
    _Secret(("hr_", "hf_", "hs_", "hl_"), re.compile(r"\b(hr|hf|hs|hl)_[\w.=-]{16,}"), rf"\1_{HIDDEN}"),
    _Secret(("/callbacks/",), re.compile(r"(/callbacks/)[^\s/?\"']{8,}"), rf"\1{HIDDEN}"),
    _Secret(("eyj",), re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*"), HIDDEN),
    _Secret(
        ("sk-", "sk_", "rk-", "rk_", "pk-", "pk_", "xox", "gho", "ghp", "ghs", "ghu", "glpat"),
        re.compile(r"\b(sk|rk|pk|xox[abpr]|gh[opsu]|glpat)[-_][\w-]{12,}"),
        rf"\1-{HIDDEN}",
    ),
    _Secret(("aiza", "akia"), re.compile(r"\b(AIza|AKIA)[\w-]{12,}"), rf"\1{HIDDEN}"),
    _Secret(("bearer", "basic"), re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {HIDDEN}"),
    _Secret(("://",), re.compile(r"(://[^\s:/@]*:)[^\s/@]+@"), rf"\1{HIDDEN}@"),
    _Secret(
        ("password", "passwd", "secret", "token", "apikey", "api_key"),
        re.compile(r"(?i)\b(password|passwd|secret|token|api_?key)(['\"]?\s*[=:]\s*['\"]?)[^\s'\",&;]{4,}"),
        rf"\1\2{HIDDEN}",
    ),
)


def scrub(text: str) -> str:
    """Return the text without what looks like a key, a token or a password."""
    folded = text.casefold()
    for secret in _SECRETS:
        if any(sign in folded for sign in secret.signs):
            text = secret.pattern.sub(secret.instead, text)
    return text


def scrub_event(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take secrets out of a log line (a processor of structlog): by the field's name, else by what they look like."""
    for name, value in event.items():
        if _NAMES.search(name):
            event[name] = HIDDEN
        elif isinstance(value, str):
            event[name] = scrub(value)
        elif not isinstance(value, int | float | None):
            event[name] = _scrubbed(value)
    return event


def _scrubbed(value: object) -> object:
    match value:
        case str():
            return scrub(value)
        case dict():
            return {name: HIDDEN if _NAMES.search(str(name)) else _scrubbed(item) for name, item in value.items()}
        case list() | tuple():
            return [_scrubbed(item) for item in value]
        case int() | float() | None:
            return value
        case _:
            return scrub(str(value))
