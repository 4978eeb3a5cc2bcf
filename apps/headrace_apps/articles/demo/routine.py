"""A usual week of the articles: the rounds of every morning and night, and what people ask for in between."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from headrace.demo import Tale, answered, call_many
from headrace_apps.articles.demo import faults
from headrace_apps.articles.demo.cast import Cast, Mishap, again, cancelled, enrichment_of, retried, written
from headrace_apps.articles.demo.library import Piece
from headrace_apps.articles.demo.shelf import Item
from headrace_apps.articles.describing import enrich_article
from headrace_apps.articles.rounds import Selection, enrich_articles, morning_round
from headrace_apps.articles.writing import write_article

_NIGHTLY = "nightly-enrichment"
_NEWEST = 60
_TAGS = ("newsletter", "website", "archive", "spring issue")
# How often each thing happens to a section, in 100.
_SECTION_MISHAPS: tuple[tuple[Mishap | None, int], ...] = (
    (None, 75),
    (again(faults.STREAM_CUT), 5),
    (again(faults.NO_MODEL, rung="fallback"), 3),
    (again(faults.OVERLOADED), 5),
    (retried(faults.RATE_LIMITED), 4),
    (retried(faults.OVERLOADED, times=2), 3),
    (retried(faults.REFUSED, fails=True), 2),
    (retried(faults.OVERLOADED, times=5, fails=True), 2),
    (retried(faults.TIMEOUT, times=1), 1),
)
_ENRICHMENT_MISHAPS: tuple[tuple[Mishap | None, int], ...] = (
    (None, 82),
    (again(faults.MALFORMED, rung="again", raw=faults.RAW), 4),
    (retried(faults.DEADLOCK), 4),
    (retried(faults.EDITED, fails=True), 3),
    (retried(faults.MALFORMED, fails=True), 3),
    (retried(faults.RATE_LIMITED, times=2), 2),
    (cancelled, 2),
)


def tell_routine(cast: Cast) -> None:
    """Tell the rounds, then go on with articles and enrichments until there are as many jobs as are wanted."""
    week = cast.week
    _tell_rounds(cast)
    while week.jobs < week.wanted:
        if week.rng.random() < 0.22:
            _tell_article(cast)
        else:
            _tell_enrichment(cast)


def _tell_article(cast: Cast) -> None:
    week = cast.week
    piece = cast.shelf.library.deal(publish=week.rng.random() < 0.7, review=week.rng.random() < 0.12)
    tags = week.rng.sample(_TAGS, week.rng.choice((0, 1, 1, 2)))
    queue = "newsroom" if week.rng.random() < 0.2 else None
    at = week.moment(before=timedelta(minutes=2))
    tale = week.submit(write_article, piece.brief, at=at, owner=week.owner(), tags=tags, queue=queue)
    if week.rng.random() < 0.03:
        tale.pass_time(week.rng.uniform(0.1, 1))
        tale.cancel()
        week.keep(tale)
    else:
        _go_through(cast, tale, piece)


def _go_through(cast: Cast, tale: Tale, piece: Piece) -> None:
    week = cast.week
    item = cast.write(tale, piece, mishap=_dealt(cast, _SECTION_MISHAPS))
    if item is None:
        if week.keep(tale) and week.rng.random() < 0.3:
            _try_again(cast, tale, piece)
    elif piece.brief.review:
        cast.ask_for_review(tale, item)
        _review(cast, tale, item, piece)
    else:
        cast.finish(tale, item)


def _review(cast: Cast, tale: Tale, item: Item, piece: Piece) -> None:
    dice = cast.week.rng
    is_approved = dice.random() < 0.8
    comment = "" if is_approved else "Too long for us, sorry."
    by = dice.choice(("ada@mill.example", "jonas@mill.example"))
    answer = {"approved": is_approved, "comment": comment, "edits": {}}
    answered(tale, answer, after=timedelta(minutes=dice.uniform(4, 300)), by=by)
    item.published_at = tale.now if is_approved and piece.brief.publish else None
    decision = "approved" if is_approved else f"rejected: {comment}"
    tale.step("publish", written(item, decision), 0.02, kind="transaction")
    cast.finish(tale, item)


def _try_again(cast: Cast, tale: Tale, piece: Piece) -> None:
    at = tale.now + timedelta(minutes=cast.week.rng.uniform(3, 90))
    again_ = cast.week.resubmit(tale, at=at)
    item = cast.write(again_, piece)
    if item is not None:
        cast.finish(again_, item)


def _tell_enrichment(cast: Cast) -> None:
    week = cast.week
    at = week.moment(before=timedelta(seconds=20))
    item = week.rng.choice(cast.shelf.before(at)[-_NEWEST:])
    tale = cast.submit_enrichment(item, at, "backfill" if week.rng.random() < 0.15 else None)
    if week.rng.random() < 0.03:
        tale.pass_time(week.rng.uniform(0.1, 20))
        tale.cancel()
    else:
        cast.enrich(tale, item, _dealt(cast, _ENRICHMENT_MISHAPS))
    if week.keep(tale):
        cast.note_enriched(tale, item)


def _tell_rounds(cast: Cast) -> None:
    week = cast.week
    week.schedule(_NIGHTLY, enrich_articles, "30 2 * * *", Selection(tag="history"))
    week.schedule("monday-digest", enrich_articles, "0 7 * * 1", Selection(), is_paused=True)
    for planned_at in week.mornings(6):
        _tell_morning(cast, planned_at)
    for night in week.mornings(2):
        _tell_night(cast, night + timedelta(minutes=30))


def _tell_morning(cast: Cast, planned_at: datetime) -> None:
    week, library = cast.week, cast.shelf.library
    tale = week.fire("articles.morning_round", morning_round, planned_at).start()
    pieces = [library.deal() for _ in range(3)]
    turns = [{"id": str(week.id_at(tale.now)), "brief": piece.brief.model_dump(mode="json")} for piece in pieces]
    tale.step("take", turns, 0.01, kind="transaction")
    items: list[Item] = []

    def write(child: Tale, place: int) -> None:
        item = cast.write(child, pieces[place])
        assert item is not None
        items.append(item)
        child.progress(1, f"Published: {item.draft.title}")
        child.complete(written(item))

    call_many(tale, "write_article", write_article, [piece.brief for piece in pieces], tell=write, concurrency=3)
    tale.step("note", None, 0.01, kind="transaction")
    tale.complete({"written": [written(item) for item in items], "failed": []})
    if week.keep(tale):
        for item in items:
            cast.shelf.put(item, "ai")


def _tell_night(cast: Cast, planned_at: datetime) -> None:
    week = cast.week
    wanted = [item for item in cast.shelf.before(planned_at) if "history" in item.draft.tags] or cast.shelf.items[:2]
    wanted = wanted[:12]
    tale = week.fire(_NIGHTLY, enrich_articles, planned_at, Selection(tag="history")).start()
    tale.step("select", [str(item.id) for item in wanted], 0.02, kind="transaction")
    tale.progress(0.05, f"Enriching {len(wanted)} articles")
    call_many(
        tale,
        "enrich_article",
        enrich_article,
        [enrichment_of(item) for item in wanted],
        tell=lambda child, place: cast.enrich(child, wanted[place]),
        concurrency=10,
    )
    tale.progress(1, f"{len(wanted)} of {len(wanted)} enriched")
    tale.complete({"enriched": len(wanted), "failed": 0, "failures": []})
    if week.keep(tale):
        for child, item in zip(tale.children, wanted, strict=True):
            cast.note_enriched(child, item)


def _dealt(cast: Cast, mishaps: Sequence[tuple[Mishap | None, int]]) -> Mishap | None:
    [mishap] = cast.week.rng.choices([one for one, _ in mishaps], [often for _, often in mishaps])
    return mishap
