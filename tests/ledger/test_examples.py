"""The commands of the page on costs are answered as it says."""

import re

import pytest
from tests.ledger.conftest import Books
from tests.pages import DOCS, requests

pytestmark = pytest.mark.anyio

PAGE = (DOCS / "costs.md").read_text()


async def test_every_command_of_the_page_works(client, books: Books):
    call = books.call()
    await books.begin(call)
    await books.settle(call)
    found = requests("costs.md")
    assert len(found) >= 6
    for request in found:
        path = request.path.replace("$JOB", str(books.lease.job_id))
        answer = await client.request(request.method, path, json=request.body)
        assert answer.status_code == 200, (request, answer.text)


async def test_the_states_of_calls_are_those_of_the_table(books: Books):
    table = PAGE.partition("| state | meaning |")[2].partition("\n\n")[0]
    [row] = await books.rows(
        "SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = 'ai_calls_state_check'"
    )
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(re.findall(r"'(\w+)'::text", row["text"]))
