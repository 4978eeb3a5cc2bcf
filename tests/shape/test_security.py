"""docs/security.md leaves no item out and names tests that exist; and no route forgets to say what it needs."""

import re
from pathlib import Path

import pytest

from headrace.web.app import create_app
from headrace.web.gate import check_declared

ROOT = Path(__file__).parents[2]
# OWASP ASVS 5.0.0: how many items of levels 1 and 2 each section has; they come before those of level 3.
ITEMS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5,
    "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4,
    "17.3": 2,
}  # fmt: skip


def test_the_document_has_every_item_of_levels_1_and_2():
    text = (ROOT / "docs/security.md").read_text("utf-8")
    named = set(re.findall(r"\bV(\d+(?:\.\d+)?)\b", re.sub("(?m)^#.*", "", text)))
    for section, first, last in re.findall(r"\b(\d+\.\d+)\.(\d+)(?:\N{EN DASH}\1\.(\d+))?", text):
        named |= {f"{section}.{number}" for number in range(int(first), int(last or first) + 1)}
    wanted = [f"{section}.{number}" for section, most in ITEMS.items() for number in range(1, most + 1)]
    assert len(wanted) > 240
    covers = [{item, item.rpartition(".")[0], item.partition(".")[0]} for item in wanted]
    assert [item for item, names in zip(wanted, covers, strict=True) if not names & named] == []


def test_every_test_that_the_document_names_exists():
    named = set(re.findall(r"`((?:tests|apps)/[^`]+\.py)`", (ROOT / "docs/security.md").read_text("utf-8")))
    assert len(named) > 30
    assert not {name for name in named if not (ROOT / name).is_file()}


@pytest.mark.anyio
async def test_every_route_says_what_it_needs(runtime):
    check_declared(create_app(runtime))
