"""The dashboard's page: it comes to everybody, and says whether it is known who asks."""

import pytest

from headrace.web import pages

pytestmark = pytest.mark.anyio
HTML = {"accept": "text/html"}


@pytest.fixture(autouse=True)
def _built(tmp_path, monkeypatch):
    (tmp_path / "index.html").write_text(f"nonce {pages.NONCE}, signed in: {pages.SIGNED_IN}.")
    monkeypatch.setattr(pages, "BUILT", tmp_path)


async def test_the_page_says_that_somebody_is_signed_in(client):
    assert (await client.get("/jobs", headers=HTML)).text.endswith("signed in: yes.")


@pytest.mark.parametrize("cookie", ["", "headrace=unknown"])
async def test_the_page_says_nothing_of_somebody_unknown(client, cookie):
    answer = await client.get("/jobs", headers={**HTML, "cookie": cookie}, auth=None)
    assert (answer.status_code, answer.text.endswith("signed in: .")) == (200, True)


async def test_the_page_comes_while_nobody_can_be_looked_up(client, runtime):
    await runtime.database.pool.close()
    answer = await client.get("/jobs", headers={**HTML, "cookie": "headrace=unknown"}, auth=None)
    assert (answer.status_code, answer.text.endswith("signed in: .")) == (200, True)


async def test_each_page_has_a_nonce_of_its_own(client):
    pairs = []
    for _ in range(2):
        answer = await client.get("/jobs", headers=HTML)
        nonce = answer.text.split()[1].rstrip(",")
        assert f"'nonce-{nonce}'" in answer.headers["content-security-policy"]
        pairs.append(nonce)
    assert pairs[0] != pairs[1]
