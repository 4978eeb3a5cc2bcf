"""The commands of the page on costs are answered as it says."""

import json
import re
import shlex
from pathlib import Path

import pytest
from tests.ledger.conftest import Books

pytestmark = pytest.mark.anyio

PAGE = (Path(__file__).parents[2] / "docs" / "costs.md").read_text()


def commands() -> list[list[str]]:
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.replace("\\\n", " ").splitlines()]


async def test_every_command_of_the_page_works(client, books: Books):
    call = books.call()
    await books.begin(call)
    await books.settle(call)
    found = commands()
    assert len(found) >= 6
    for words in found:
        assert words[0] == "curl"
        method = words[words.index("-X") + 1] if "-X" in words else "GET"
        body = json.loads(words[words.index("-d") + 1]) if "-d" in words else None
        [url] = [word for word in words if word.startswith("http://")]
        answer = await client.request(method, url.replace("$JOB", str(books.lease.job_id)), json=body)
        assert answer.status_code == 200, (words, answer.text)


async def test_the_states_of_calls_are_those_of_the_table(books: Books):
    table = PAGE.partition("| state | meaning |")[2].partition("\n\n")[0]
    [row] = await books.rows(
        "SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = 'ai_calls_state_check'"
    )
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(re.findall(r"'(\w+)'::text", row["text"]))
