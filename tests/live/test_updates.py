"""What a stream with children would tell, by pages, for those who can't hold a stream open: each event once."""

import pytest
from tests.live.conftest import texts, write_a_family

from headrace.live import updates
from headrace.live.family import FOLLOWED_MAX

pytestmark = pytest.mark.anyio


@pytest.fixture
def poll(client):
    """Ask for what is new: the messages in the form that the stream's have in tests, and where to go on."""

    async def run(job_id, after="0", status=200):
        answer = await client.get(f"/api/v1/jobs/{job_id}/updates", params={"after": after})
        assert answer.status_code == status, answer.text
        page = answer.json()
        return page if status != 200 else ([(it["event"], None, it["data"]) for it in page["items"]], page)

    return run


async def test_pages_tell_of_a_job_and_its_children_while_they_write(pen, call, poll):
    job = pen.lease.job_id
    await pen.write("plan")
    first, second = await call("sections", 2)
    await first.write("one")
    begun, page = await poll(job)
    assert texts(begun) == {"parent": ["plan"], "sections 0": ["one"]}
    assert (begun[0][0], page["has_more"]) == ("state", False)
    await second.write("two")
    await first.finish()
    later, page = await poll(job, page["after"])
    assert texts(later) == {"sections 1": ["two"]}
    ends = [
        (data["place"], data["data"]["state"]) for kind, _, data in later if kind == "child" and data["event"] == "end"
    ]
    assert ends == [(0, "completed")]
    assert "end" not in {kind for kind, _, _ in later}
    await second.finish()
    await pen.finish()
    last, page = await poll(job, page["after"])
    assert (texts(last), last[-1][0], last[-1][2]["id"]) == ({}, "end", str(job))


async def test_pages_go_on_where_a_stream_broke_off(server, pen, call, follow_all, poll):
    written = await write_a_family(pen, call)
    whole = await follow_all(server, pen.lease.job_id)
    for at, (_, seen, _) in enumerate(whole):
        if seen is not None:
            before, (after, _) = texts(whole[: at + 1]), await poll(pen.lease.job_id, seen)
            for whose, all_of_it in written.items():
                assert before.get(whose, []) + texts(after).get(whose, []) == all_of_it, (whose, seen)


async def test_long_texts_come_in_several_pages(pen, call, poll):
    words = [f"word {n}" for n in range(updates.EVENTS_MAX + 20)]
    [child] = await call("one", 1)
    await child.write(*words)
    first, page = await poll(pen.lease.job_id)
    assert (len(texts(first)["one 0"]), page["has_more"]) == (updates.EVENTS_MAX, True)
    rest, page = await poll(pen.lease.job_id, page["after"])
    assert texts(first)["one 0"] + texts(rest)["one 0"] == words
    assert not page["has_more"]


async def test_of_a_large_call_the_first_children_are_told_of(pen, call, poll):
    for one in await call("many", FOLLOWED_MAX + 6):
        await one.finish()
    await pen.finish()
    found, page = await poll(pen.lease.job_id)
    assert len(page["after"].split(".")) == FOLLOWED_MAX + 1
    assert found[-1][0] == "end"


@pytest.mark.parametrize("place", ["7", "1.9", "1.0.0"])
async def test_a_place_beyond_what_happened_is_answered_by_reset(pen, call, poll, place):
    await call("one", 1)
    [(event, _, _)], page = await poll(pen.lease.job_id, place)
    assert (event, page["after"], page["has_more"]) == ("reset", "0", True)


async def test_an_unknown_job_and_a_place_that_is_none_are_refused(pen, poll):
    assert (await poll("01a20248-ed7e-7c6d-96b9-6f6c7686fb3c", status=404))["code"] == "not_found"
    assert (await poll(pen.lease.job_id, "x", status=422))["code"] == "invalid_input"
