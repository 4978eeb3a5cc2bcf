"""The examples of a document: its blocks by language, and its `curl` commands as requests."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[1] / "docs"


@dataclass(frozen=True)
class Request:
    """What a command asks of the API."""

    method: str
    path: str
    body: Any


def blocks(page: str, language: str) -> list[str]:
    """Return the blocks of a page that are in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", (DOCS / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)


def requests(page: str) -> list[Request]:
    """Return the requests of a page's shell blocks, in which nothing but `curl` may stand."""
    lines = [line for block in blocks(page, "sh") for line in block.replace("\\\n", " ").splitlines()]
    return [_request(shlex.split(line, comments=True)) for line in lines]


def _request(words: list[str]) -> Request:
    assert words[0] == "curl"
    method = words[words.index("-X") + 1] if "-X" in words else "GET"
    body = json.loads(words[words.index("-d") + 1]) if "-d" in words else None
    [url] = [word for word in words if re.match(r"(http://127\.0\.0\.1|localhost):8000/", word)]
    return Request(method, url[url.index(":8000") + len(":8000") :], body)
