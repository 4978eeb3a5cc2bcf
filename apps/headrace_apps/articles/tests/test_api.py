"""The routes under `/api/v1/articles`."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import AsyncClient

ARTICLES = "/api/v1/articles"
pytestmark = pytest.mark.anyio


async def titles(client: AsyncClient, **params: Any) -> list[str]:
    answer = await client.get(ARTICLES, params=params)
    assert answer.status_code == 200, answer.text
    return [article["title"] for article in answer.json()["items"]]


async def test_a_new_article_is_a_draft_at_version_1(client: AsyncClient):
    new = {"title": "  How   mills work ", "body": "Text.", "tags": ["Water", "water "]}
    answer = await client.post(ARTICLES, json=new)
    article = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{ARTICLES}/{article['id']}"
    assert article["title"] == "How mills work"
    assert article["tags"] == ["water"]
    assert (article["state"], article["version"], article["published_at"]) == ("draft", 1, None)
    assert (await client.get(answer.headers["location"])).json() == article


async def test_an_article_is_shown_by_its_id_and_by_its_slug(client: AsyncClient, create):
    article = await create("Ärger im Mühlbach")
    assert article["slug"] == "arger-im-muhlbach"
    assert (await client.get(f"{ARTICLES}/{article['slug']}")).json()["id"] == article["id"]


@pytest.mark.parametrize(
    "key",
    ["none", "01890a5d-ac96-774b-bcce-b302099a8057", "%00", "a%00b", "%F0%9F%92%A9", "x" * 5_000, "..%2f..%2fetc"],
)
async def test_what_is_not_there_is_a_404(client: AsyncClient, key: str):
    answer = await client.get(f"{ARTICLES}/{key}")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_articles_of_one_title_have_addresses_of_their_own(create):
    slugs = {(await create("Same"))["slug"] for _ in range(3)}
    assert len(slugs) == 3


async def test_articles_made_at_once_with_one_title_all_succeed(create):
    made = await asyncio.gather(*(create("Same") for _ in range(5)))
    assert len({article["slug"] for article in made}) == 5


async def test_a_title_that_is_another_articles_id_does_not_hide_it(client: AsyncClient, create):
    first = await create("First")
    await create(first["id"])
    assert (await client.get(f"{ARTICLES}/{first['id']}")).json()["title"] == "First"


async def test_the_list_is_newest_first_and_comes_in_pages(client: AsyncClient, create):
    for number in range(5):
        await create(f"Number {number}")
    page = (await client.get(ARTICLES, params={"limit": 2})).json()
    seen = [article["title"] for article in page["items"]]
    assert "body" not in page["items"][0]
    while page["next_cursor"]:
        page = (await client.get(ARTICLES, params={"limit": 2, "cursor": page["next_cursor"]})).json()
        seen += [article["title"] for article in page["items"]]
    assert seen == [f"Number {number}" for number in (4, 3, 2, 1, 0)]


async def test_the_search_looks_at_title_summary_and_body(client: AsyncClient, create):
    await create("The undershot wheel")
    await create("Two", summary="About wheels and weirs")
    await create("Three", body="A weir stands in the river.")
    assert await titles(client, q="undershot") == ["The undershot wheel"]
    assert await titles(client, q="weir") == ["Three"]
    assert await titles(client, q="weirs") == ["Two"]
    assert await titles(client, q='"undershot wheel" or weir') == ["Three", "The undershot wheel"]
    assert await titles(client, q="river -weir") == []


@pytest.mark.parametrize("words", ["'", "a & | !", "((", "<->", "\\", "%", ":*", '"', "🚀", "x" * 200, " "])
async def test_no_search_is_an_error(client: AsyncClient, create, words: str):
    await create()
    assert isinstance(await titles(client, q=words), list)


async def test_the_list_narrows_by_tag_and_state(client: AsyncClient, create):
    await create("One", tags=["water", "old mills"], published=True)
    await create("Two", tags=["water"])
    assert await titles(client, tag="Old Mills") == ["One"]
    assert await titles(client, tag="water") == ["Two", "One"]
    assert await titles(client, tag="water", state="draft") == ["Two"]
    assert await titles(client, state="published") == ["One"]


@pytest.mark.parametrize(
    "params",
    [{"q": "a\0b"}, {"tag": "\0"}, {"state": "gone"}, {"limit": "0"}, {"limit": "9" * 30}, {"cursor": "x"}, {"a": 1}],
)
async def test_a_wrong_question_is_a_422_that_names_the_parameter(client: AsyncClient, params: dict[str, Any]):
    answer = await client.get(ARTICLES, params=params)
    assert answer.status_code == 422
    assert next(iter(params)) in answer.text


async def test_a_change_needs_the_version_it_is_based_on(client: AsyncClient, create):
    address = f"{ARTICLES}/{(await create())['id']}"
    changed = await client.patch(address, json={"version": 1, "title": "New", "body": "word " * 500})
    assert changed.status_code == 200
    assert (changed.json()["version"], changed.json()["title"], changed.json()["reading_minutes"]) == (2, "New", 2)
    assert changed.json()["slug"] == "water-mills"
    late = await client.patch(address, json={"version": 1, "title": "Late"})
    assert (late.status_code, late.json()["code"]) == (409, "version_conflict")
    assert (await client.get(address)).json()["title"] == "New"


async def test_of_two_changes_at_once_one_wins(client: AsyncClient, create):
    address = f"{ARTICLES}/{(await create())['id']}"
    answers = await asyncio.gather(*(client.patch(address, json={"version": 1, "title": f"T{n}"}) for n in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]


async def test_every_version_of_the_text_is_kept(client: AsyncClient, create, runtime):
    article = await create(body="First.")
    await client.patch(f"{ARTICLES}/{article['id']}", json={"version": 1, "body": "Second."})
    async with runtime.database.connection() as conn:
        cursor = await conn.execute("SELECT version, body, source FROM articles.article_versions ORDER BY version")
        assert await cursor.fetchall() == [(1, "First.", "human"), (2, "Second.", "human")]


@pytest.mark.parametrize(
    "body",
    [
        {"version": 1},
        {"title": "x"},
        {"version": "1", "title": "x"},
        {"version": 1, "title": " "},
        {"version": 1, "slug": "x"},
        {"version": 1, "title": None},
        {"version": 2**31, "title": "x"},
        {"version": 1, "title": "x" * 201},
    ],
)
async def test_a_change_that_can_not_be_meant_is_refused(client: AsyncClient, create, body: dict[str, Any]):
    article = await create()
    answer = await client.patch(f"{ARTICLES}/{article['id']}", json=body)
    assert answer.status_code == 422
    assert (await client.get(f"{ARTICLES}/{article['id']}")).json() == article


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": "x"},
        {"title": "", "body": "x"},
        {"title": "x", "body": " "},
        {"title": "x", "body": "x" * 200_001},
        {"title": "x", "body": "x", "tags": [""]},
        {"title": "x", "body": "x", "tags": ["y"] * 21},
    ],
)
async def test_an_article_that_can_not_be_meant_is_refused(client: AsyncClient, body: dict[str, Any]):
    assert (await client.post(ARTICLES, json=body)).status_code == 422


@pytest.mark.parametrize("character", ["a ", "𠀀 ", "𠀀-𠀁 ", "a-b.c/d "])
async def test_the_longest_body_can_be_stored_and_found(client: AsyncClient, create, character: str):
    parts = "".join(f"{character.strip()}{number:x} " for number in range(30_000))
    body = parts[:200_000]
    await create("Long", body=body)
    assert await titles(client, q="long") == ["Long"]


async def test_publication_can_be_given_and_taken_back_any_number_of_times(client: AsyncClient, create):
    address = f"{ARTICLES}/{(await create())['id']}"
    first = (await client.put(f"{address}/publication")).json()
    again = (await client.put(f"{address}/publication")).json()
    assert first == again
    assert first["state"] == "published"
    for _ in range(2):
        taken = (await client.delete(f"{address}/publication")).json()
        assert (taken["state"], taken["published_at"], taken["version"]) == ("draft", None, 1)
    assert (await client.put(f"{ARTICLES}/{uuid4()}/publication")).status_code == 404


async def test_a_generation_is_accepted_as_a_job(client: AsyncClient, job):
    answer = await client.post(f"{ARTICLES}/generations", json={"topic": "mills", "sections": 2})
    accepted = answer.json()
    assert answer.status_code == 202
    assert answer.headers["location"] == accepted["links"]["job"]
    row = await job(accepted["job_id"])
    assert (row["task"], row["state"], row["input"]["topic"]) == ("articles.write_article", "queued", "mills")
    assert (await client.get(accepted["links"]["job"])).json()["id"] == accepted["job_id"]
    assert (await client.get(accepted["links"]["article"])).json()["items"] == []


async def test_a_generation_sent_again_under_its_key_is_the_same_job(client: AsyncClient):
    brief, key = {"topic": "mills"}, {"Idempotency-Key": "once"}
    first = await client.post(f"{ARTICLES}/generations", json=brief, headers=key)
    again = await client.post(f"{ARTICLES}/generations", json=brief, headers=key)
    other = await client.post(f"{ARTICLES}/generations", json={"topic": "weirs"}, headers=key)
    assert first.json() == again.json()
    assert other.status_code == 422


@pytest.mark.parametrize("brief", [{}, {"topic": "  "}, {"topic": "x" * 201}, {"topic": "x", "sections": 9}, []])
async def test_a_brief_that_can_not_be_meant_makes_no_job(client: AsyncClient, brief: Any):
    assert (await client.post(f"{ARTICLES}/generations", json=brief)).status_code == 422
    assert (await client.get("/api/v1/jobs")).json()["items"] == []


async def test_an_article_is_enriched_by_one_job_at_a_time(client: AsyncClient, create):
    address = f"{ARTICLES}/{(await create())['id']}/enrichments"
    first, second = (await client.post(address)).json(), (await client.post(address)).json()
    assert first["job_id"] == second["job_id"]
    assert (first["created"], second["created"]) == (True, False)
    assert (await client.post(f"{ARTICLES}/{uuid4()}/enrichments")).status_code == 404
