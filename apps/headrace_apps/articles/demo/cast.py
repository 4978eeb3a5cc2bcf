"""How the jobs of the articles go: written, described, enriched, with the mishaps they are told to have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from headrace.demo import Failure, Fault, Question, Tale, Week, ask, call, child_failure, stumble, wait_for
from headrace_apps.articles import prompts
from headrace_apps.articles.brief import Description, Enrichment, Review, SectionOrder
from headrace_apps.articles.demo import faults
from headrace_apps.articles.demo.library import Piece
from headrace_apps.articles.demo.shelf import Item, Shelf, Version
from headrace_apps.articles.describing import enrich_article
from headrace_apps.articles.drafting import plan_article, write_section

Mishap = Callable[[Tale, Question], Question | None]
"""Something that befalls a call; returns how it is asked then, or nothing if the job has ended of it."""


@dataclass(frozen=True, slots=True)
class Cast:
    """The week and the shelf that the jobs work on."""

    week: Week
    shelf: Shelf

    def write(self, tale: Tale, piece: Piece, *, mishap: Mishap | None = None) -> Item | None:
        """Tell how an article is written up to its storing; `None` if that failed. A mishap befalls the last section."""
        tale.start().progress(0.02, "Planning the outline")
        if not call(tale, "outline", plan_article, [piece.brief], tell=lambda child, _: self.plan(child, piece)):
            _fail(tale)
            return None
        count = len(piece.sections)
        tale.progress(0.1, f"Writing {count} sections side by side")

        def tell(child: Tale, place: int) -> None:
            self.write_section(child, piece, place, mishap if place == count - 1 else None)

        if not call(tale, "sections", write_section, orders_of(piece), tell=tell):
            _fail(tale)
            return None
        return self._store(tale, piece)

    def plan(self, tale: Tale, piece: Piece) -> None:
        """Tell how an outline is made."""
        asked, editor = prompts.outline(piece.brief), prompts.editor(piece.brief)
        question = Question("outline", self.week.model(), asked, system=editor, shape="Outline")
        tale.start().progress(0, "Outline")
        ask(tale, question, piece.outline.model_dump())
        tale.complete(piece.outline.model_dump())

    def write_section(self, tale: Tale, piece: Piece, place: int, mishap: Mishap | None) -> None:
        """Tell how a section is written."""
        section = piece.sections[place]
        asked = prompts.section(piece.brief, piece.outline.sections, place)
        question = Question("section", self.week.model(), asked, system=prompts.editor(piece.brief))
        tale.start().progress(0, f"Section {place + 1} of {len(piece.sections)}: {section.heading}")
        in_the_end = mishap(tale, question) if mishap else question
        if in_the_end:
            ask(tale, in_the_end, section.text)
            tale.complete(section.model_dump())

    def _store(self, tale: Tale, piece: Piece) -> Item:
        draft = piece.draft()
        tale.step("assemble", draft.model_dump(mode="json"), 0.012)
        tale.progress(0.92, "Summing up")
        asked = prompts.description(piece.brief.topic, draft.body)
        editor = prompts.editor(piece.brief)
        question = Question("describe", self.week.model(), asked, system=editor, shape="Description")
        ask(tale, question, piece.description.model_dump())
        tale.progress(0.97, "Storing the article")
        spent = sum(one.sums()["cost_nano_usd"] or 0 for one in tale.family())
        tale.step("ai.spent", spent, 0.002)
        is_published = piece.brief.publish and not piece.brief.review
        item = self.shelf.new_item(draft, tale.submission.owner, tale.now, is_published=is_published)
        item.job_id, item.cost = tale.id, spent
        tale.step("store", written(item), self.week.rng.uniform(0.01, 0.05), kind="transaction")
        return item

    def finish(self, tale: Tale, item: Item) -> bool:
        """Tell the end of an article's job, and put the article on the shelf if the job is kept."""
        tale.progress(1, f"{'Published' if item.published_at else 'Kept as a draft'}: {item.draft.title}")
        tale.complete(written(item))
        kept = self.week.keep(tale)
        if kept:
            self.shelf.put(item, "ai")
        return kept

    def ask_for_review(self, tale: Tale, item: Item) -> None:
        """Park the article's job until a person has answered."""
        tale.progress(0.98, f"Waiting for a review: {item.draft.title}")
        wait_for(tale, "approval", Review.model_json_schema(), patience=timedelta(days=14))

    def enrich(self, tale: Tale, item: Item, mishap: Mishap | None = None) -> None:
        """Tell how an article gets a new summary and tags."""
        asked = prompts.description(item.draft.title, item.draft.body)
        question = Question("describe", self.week.model(), asked, shape="Description")
        tale.start().progress(0.05, "Reading the article")
        reading = {"version": len(item.versions), "title": item.draft.title, "body": item.draft.body}
        tale.step("read", reading, 0.008, kind="transaction")
        tale.progress(0.2, "Summing up")
        in_the_end = mishap(tale, question) if mishap else question
        if in_the_end is None:
            return
        found = self._described(item)
        ask(tale, in_the_end, found.model_dump())
        result = {"article_id": str(item.id), "version": len(item.versions) + 1, **found.model_dump()}
        tale.step("store", result, 0.015, kind="transaction")
        tale.progress(1, "Stored")
        tale.complete(result)

    def note_enriched(self, tale: Tale, item: Item) -> None:
        """Give the article the version that a kept job wrote."""
        if isinstance(tale.result, dict) and tale.finished_at:
            described = Description(summary=tale.result["summary"], tags=tale.result["tags"])
            item.versions.append(Version(tale.finished_at, "ai", described, tale.result))

    def submit_enrichment(self, item: Item, at: datetime, queue: str | None = None) -> Tale:
        """Begin the tale of an enrichment."""
        return self.week.submit(enrich_article, enrichment_of(item), at=at, owner=item.owner, queue=queue)

    def _described(self, item: Item) -> Description:
        lines = [line.strip("- ") for line in item.draft.body.splitlines() if line and line[0] not in "#>"]
        summary = self.week.rng.choice(lines)[:400]
        return Description(summary=summary, tags=item.draft.tags)


def again(fault: Fault, *, rung: str = "retry", raw: str | None = None) -> Mishap:
    """Return a mishap that is mended in place: the model is asked once more, or another one is."""

    def happen(tale: Tale, question: Question) -> Question:
        stumble(tale, question, fault, raw=raw)
        model = tale.week.models[-1] if rung == "fallback" else question.model
        misread = (raw, fault.message.format(model=model.full_name)) if raw else None
        return replace(question, rung=rung, model=model, misread=misread)

    return happen


def retried(fault: Fault, *, times: int = 1, fails: bool = False) -> Mishap:
    """Return a mishap that costs attempts; in the end the job goes on, or fails."""

    def happen(tale: Tale, question: Question) -> Question | None:
        for tried in range(times):
            error = _befall(tale, question, fault)
            if fails and tried == times - 1:
                tale.fail(error)
                return None
            tale.log(f"{error['message']}. Trying again", level="warning")
            tale.retry(error, 2.0 ** (tried + 1) + tale.week.rng.uniform(0, 2))
            tale.start()
        return question

    return happen


def cancelled(tale: Tale, question: Question) -> None:
    """Cancel the job while the model answers: the beginning of the answer is billed."""
    stumble(tale, question, faults.CANCELLED, raw='{"summary": "An unhurried look at')
    tale.rows("ai_calls")[-1]["raw_answer"] = None
    tale.cancel(took=tale.week.rng.uniform(0.03, 0.4))


def _befall(tale: Tale, question: Question, fault: Fault) -> Failure:
    if fault.code.startswith("ai_"):
        stumble(tale, question, fault, raw=faults.RAW if fault is faults.MALFORMED else None)
    else:
        tale.pass_time(600 if fault is faults.TIMEOUT else tale.week.rng.uniform(0.1, 3))
    dice = tale.week.rng
    return fault.failure(
        model=question.model.full_name,
        article=tale.id,
        version=dice.randint(2, 9),
        one=dice.randint(900, 9_000),
        two=dice.randint(70_000, 90_000),
        three=dice.randint(900, 9_000),
    )


def orders_of(piece: Piece) -> list[SectionOrder]:
    """Return what the tasks of the sections are given."""
    return [
        SectionOrder(brief=piece.brief, plan=piece.outline.sections, place=place)
        for place in range(len(piece.sections))
    ]


def enrichment_of(item: Item) -> Enrichment:
    """Return what the task of an enrichment is given."""
    return Enrichment(article_id=item.id)


def written(item: Item, review: str | None = None) -> dict[str, Any]:
    """Return what `write_article` returns for an article."""
    return {
        "article_id": str(item.id),
        "slug": item.slug,
        "title": item.draft.title,
        "state": "published" if item.published_at else "draft",
        "words": item.draft.words,
        "reading_minutes": item.draft.reading_minutes,
        "address": f"/read/{item.slug}" if item.published_at else None,
        "review": review,
    }


def _fail(tale: Tale) -> None:
    if tale.state == "running":
        tale.fail(child_failure(tale))
