"""The pages under `/read`."""

from __future__ import annotations

import re
from html import escape

import pytest
from httpx2 import AsyncClient

pytestmark = pytest.mark.anyio

HOSTILE = "</title><script>alert('1')</script>\"'><img src=x onerror=alert(1)>{{'ha'*3}}"


async def test_only_what_is_published_can_be_read(client: AsyncClient, create):
    article = await create("A draft", body="Not yet.")
    assert (await client.get("/read/a-draft")).status_code == 404
    assert "A draft" not in (await client.get("/read")).text
    await client.put(f"/api/v1/articles/{article['id']}/publication")
    assert "Not yet." in (await client.get("/read/a-draft")).text
    assert "A draft" in (await client.get("/read")).text
    await client.delete(f"/api/v1/articles/{article['id']}/publication")
    assert (await client.get("/read/a-draft")).status_code == 404


async def test_hostile_titles_summaries_tags_and_bodies_are_only_text(client: AsyncClient, create):
    article = await create(HOSTILE, body=HOSTILE, summary=HOSTILE, tags=[HOSTILE[:50]], published=True)
    pages = [
        await client.get(f"/read/{article['slug']}"),
        await client.get("/read"),
        await client.get("/read", params={"tag": HOSTILE[:50]}),
    ]
    for page in pages:
        assert page.status_code == 200
        assert "<script" not in page.text
        assert "<img" not in page.text
        assert "hahaha" not in page.text
        assert escape(HOSTILE[:30], quote=False) in page.text.replace("&#39;", "'")


@pytest.mark.parametrize("parameter", ["q", "tag"])
async def test_what_is_searched_for_is_only_text(client: AsyncClient, parameter: str):
    answer = await client.get("/read", params={parameter: '"><script>alert(1)</script>'})
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert '""' not in answer.text.replace('value=""', "")


@pytest.mark.parametrize("slug", ["nothing", "%3Cscript%3E", "%00", "a%0d%0ab", "%F0%9F%92%A9", "x" * 5_000])
async def test_an_address_without_an_article_is_a_page_that_says_so(client: AsyncClient, slug: str):
    answer = await client.get(f"/read/{slug}")
    assert answer.status_code == 404
    assert "There is no such article" in answer.text
    assert "<script" not in answer.text


async def test_the_pages_may_run_nothing_and_fetch_nothing_from_elsewhere(client: AsyncClient, create):
    article = await create(published=True)
    for address in ("/read", f"/read/{article['slug']}", "/read/none"):
        page = await client.get(address)
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert not re.search(r"<script|style=|\son\w+=|https?://", page.text)


async def test_the_style_is_kept_for_ever_under_its_own_address(client: AsyncClient):
    [address] = re.findall(r'href="(/read/style-[^"]+)"', (await client.get("/read")).text)
    style = await client.get(address)
    assert style.headers["content-type"].startswith("text/css")
    assert "immutable" in style.headers["cache-control"]
    assert "immutable" not in (await client.get("/read/style-0.css")).headers["cache-control"]


async def test_a_page_that_has_not_changed_is_not_sent_again(client: AsyncClient, create):
    article = await create(published=True)
    page = await client.get(f"/read/{article['slug']}")
    again = await client.get(f"/read/{article['slug']}", headers={"If-None-Match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    await client.patch(f"/api/v1/articles/{article['id']}", json={"version": 1, "body": "Other."})
    changed = await client.get(f"/read/{article['slug']}", headers={"If-None-Match": page.headers["etag"]})
    assert changed.status_code == 200


async def test_the_index_shows_the_last_published_first_and_pages_through_all(client: AsyncClient, create):
    for number in range(45):
        await create(f"Number {number:02}", published=True)
    seen: list[str] = []
    address: str | None = "/read"
    while address:
        text = (await client.get(address)).text
        seen += re.findall(r">Number (\d\d)</a>", text)
        older = re.search(r'href="([^"]+)">Older articles', text)
        address = older[1].replace("&amp;", "&") if older else None
    assert seen == [f"{number:02}" for number in reversed(range(45))]


async def test_the_index_searches_and_keeps_the_search_while_paging(client: AsyncClient, create):
    for number in range(21):
        await create(f"Wheel {number}", tags=["a & b"], published=True)
    await create("Weir", published=True)
    first = (await client.get("/read", params={"q": "wheel", "tag": "a & b"})).text
    assert "Weir" not in first
    older = re.search(r'href="([^"]+)">Older articles', first)
    assert older
    assert "Wheel 0<" in (await client.get(older[1].replace("&amp;", "&"))).text


async def test_an_empty_shelf_says_what_to_do(client: AsyncClient):
    assert "Nothing is published yet" in (await client.get("/read")).text
    assert "No article matches" in (await client.get("/read", params={"q": "x"})).text
