"""What happens to the articles just now: being written, waiting for a person, planned, held back by a paused queue."""

from __future__ import annotations

from datetime import timedelta

from headrace.demo import Question, Tale, begin_answer, call, call_many
from headrace_apps.articles import prompts
from headrace_apps.articles.demo import faults
from headrace_apps.articles.demo.cast import Cast, enrichment_of, orders_of
from headrace_apps.articles.describing import enrich_article
from headrace_apps.articles.drafting import plan_article, write_section
from headrace_apps.articles.rounds import Selection, enrich_articles
from headrace_apps.articles.writing import write_article

_BACKLOG = 25
_AT_ONCE = 10


def tell_ongoing(cast: Cast) -> None:
    """Tell of everything that is not over."""
    queues = cast.week.rows("headrace.queues")
    queues.append({"name": "backfill", "paused": True, "concurrency": 5})
    queues.append({"name": "newsroom", "paused": False, "concurrency": 20})
    for hours in (1, 7, 31, 52):
        _await_review(cast, timedelta(hours=hours))
    for seconds in (55, 80):
        _write_now(cast, timedelta(seconds=seconds))
    _enrich_many_now(cast)
    _plan_ahead(cast)
    _hold_back(cast)
    _rest(cast)
    _survive(cast)


def _await_review(cast: Cast, ago: timedelta) -> None:
    week = cast.week
    piece = cast.shelf.library.deal(review=True)
    tale = week.submit(write_article, piece.brief, at=week.now - ago, owner=week.owner(), tags=["newsletter"])
    item = cast.write(tale, piece)
    if item is not None:
        cast.ask_for_review(tale, item)
        if week.keep(tale):
            cast.shelf.put(item, "ai")


def _write_now(cast: Cast, ago: timedelta) -> None:
    """Leave an article with a section finished and the others in the middle of a sentence."""
    week = cast.week
    piece = cast.shelf.library.deal()
    tale = week.submit(write_article, piece.brief, at=week.now - ago, owner=week.owner(), tags=["website"])
    tale.start().progress(0.02, "Planning the outline")
    call(tale, "outline", plan_article, [piece.brief], tell=lambda child, _: cast.plan(child, piece))
    tale.progress(0.1, f"Writing {len(piece.sections)} sections side by side")

    def tell(child: Tale, place: int) -> None:
        if place == 0:
            cast.write_section(child, piece, place, None)
            return
        section = piece.sections[place]
        child.start().progress(0, f"Section {place + 1} of {len(piece.sections)}: {section.heading}")
        asked = prompts.section(piece.brief, piece.outline.sections, place)
        question = Question("section", week.models[0], asked, system=prompts.editor(piece.brief))
        begin_answer(child, question, section.text[: len(section.text) * (place + 1) // (len(piece.sections) + 2)])

    call(tale, "sections", write_section, orders_of(piece), tell=tell)
    week.keep(tale)


def _enrich_many_now(cast: Cast) -> None:
    """Leave a selection half done: some finished, ten at work, and the others blocked until one of those has ended."""
    week = cast.week
    wanted = [cast.shelf.items[place % len(cast.shelf.items)] for place in range(_AT_ONCE + 6)]
    tale = week.submit(enrich_articles, Selection(missing_summary=False), at=week.now - timedelta(minutes=3)).start()
    tale.step("select", [str(item.id) for item in wanted], 0.02, kind="transaction")
    tale.progress(0.05, f"Enriching {len(wanted)} articles")

    def tell(child: Tale, place: int) -> None:
        if place < 2:
            cast.enrich(child, wanted[place])
        elif place < _AT_ONCE + 2:
            child.start().progress(0.05, "Reading the article")
            reading = {"version": 1, "title": wanted[place].draft.title, "body": wanted[place].draft.body}
            child.step("read", reading, 0.01, kind="transaction")
            child.progress(0.2, "Summing up")
        else:
            child.block()

    call_many(
        tale,
        "enrich_article",
        enrich_article,
        [enrichment_of(item) for item in wanted],
        tell=tell,
        concurrency=_AT_ONCE,
    )
    if week.keep(tale):
        for child, item in zip(tale.children, wanted, strict=True):
            cast.note_enriched(child, item)


def _plan_ahead(cast: Cast) -> None:
    week = cast.week
    for hours in (2, 5, 16, 30, 64):
        at = week.now - timedelta(hours=week.rng.uniform(1, 40))
        run_at = week.now + timedelta(hours=hours, minutes=week.rng.randint(0, 59))
        brief = cast.shelf.library.deal().brief
        week.keep(week.submit(write_article, brief, at=at, run_at=run_at, owner=week.owner(), tags=["spring issue"]))


def _hold_back(cast: Cast) -> None:
    week = cast.week
    for place in range(_BACKLOG):
        at = week.now - timedelta(minutes=200 - 7 * place)
        week.keep(cast.submit_enrichment(week.rng.choice(cast.shelf.items), at, "backfill"))


def _rest(cast: Cast) -> None:
    """Leave a job that a provider has sent away for a while."""
    week = cast.week
    tale = cast.submit_enrichment(cast.shelf.items[0], week.now - timedelta(minutes=4)).start()
    tale.pass_time(1.7)
    tale.log("openai:gpt-5-mini asks for a pause of half an hour", level="warning")
    tale.retry(faults.RATE_LIMITED.failure(model="openai:gpt-5-mini"), 1_800)
    week.keep(tale)


def _survive(cast: Cast) -> None:
    """Tell of jobs whose worker died, and that another finished."""
    week = cast.week
    died_at = week.lost.died_at
    assert died_at is not None
    for seconds in (9, 4, 2):
        item = cast.shelf.items[seconds]
        tale = cast.submit_enrichment(item, died_at - timedelta(seconds=seconds))
        tale.start(1.0)
        tale.worker = week.lost.id
        tale.crash(seconds + 29)
        cast.enrich(tale, item)
        if week.keep(tale):
            cast.note_enriched(tale, item)
