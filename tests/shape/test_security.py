"""docs/security.md names tests that exist; and no route forgets to say what it needs."""

import re
from pathlib import Path

import pytest

from headrace.web.app import create_app
from headrace.web.gate import check_declared

ROOT = Path(__file__).parents[2]


def test_every_test_that_the_document_names_exists():
    named = set(re.findall(r"`((?:tests|apps)/[^`]+\.py)`", (ROOT / "docs/security.md").read_text("utf-8")))
    assert len(named) > 30
    assert not {name for name in named if not (ROOT / name).is_file()}


@pytest.mark.anyio
async def test_every_route_says_what_it_needs(runtime):
    check_declared(create_app(runtime))
