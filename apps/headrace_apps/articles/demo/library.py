"""What the demonstration's articles say: put together from `subjects.toml`, no two alike."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from headrace_apps.articles.brief import Brief, Description, Draft, Outline, PlannedSection, Reference, WrittenSection


@dataclass(frozen=True, slots=True)
class Piece:
    """An article before anybody has written it: its brief, and all that models will answer."""

    brief: Brief
    outline: Outline
    sections: tuple[WrittenSection, ...]
    description: Description

    def draft(self) -> Draft:
        """Return the whole article as the app assembles it."""
        from headrace_apps.articles.assembly import assemble, described

        draft = described(assemble(self.outline.title, self.sections), self.description)
        return draft.model_copy(update={"sources": self.brief.sources})


@cache
def _library() -> dict[str, Any]:
    text = files(__package__).joinpath("subjects.toml").read_text("utf-8")
    return tomllib.loads(text)


class Library:
    """Deals pieces out, each title once as long as there are titles."""

    def __init__(self, rng: random.Random) -> None:
        """Shuffle the titles."""
        self._rng = rng
        forms = _library()["titles"]["forms"]
        self._titles = [(subject, form) for subject in _library()["subjects"] for form in forms]
        rng.shuffle(self._titles)
        self._dealt = 0

    def deal(self, *, publish: bool = True, review: bool = False) -> Piece:
        """Return another piece."""
        subject, form = self._titles[self._dealt % len(self._titles)]
        self._dealt += 1
        title = form.format(name=subject["name"], it=subject["it"])
        count = self._rng.choice((3, 4, 4, 5))
        facts = self._rng.sample(subject["facts"], len(subject["facts"]))
        every = _library()["sections"]
        kinds = [every[place] for place in sorted(self._rng.sample(range(len(every)), count))]
        brief = Brief(
            topic=title,
            audience=self._rng.choice([None, *_library()["titles"]["audiences"]]),
            tone=self._rng.choice([None, *_library()["titles"]["tones"]]),
            sections=count,
            sources=[Reference(title=name, url=url) for name, url in subject["sources"]],
            publish=publish,
            review=review,
        )
        planned = [
            PlannedSection(heading=kind["heading"], points=_share(facts, place, count))
            for place, kind in enumerate(kinds)
        ]
        written = [self._write(subject, kind, plan.points) for kind, plan in zip(kinds, planned, strict=True)]
        outline = Outline(title=title[0].upper() + title[1:], sections=planned)
        return Piece(brief, outline, tuple(written), describe(subject["it"], subject["tags"], facts))

    def _write(self, subject: dict[str, Any], kind: dict[str, Any], points: list[str]) -> WrittenSection:
        said = [sentence.format(it=subject["it"]) for sentence in kind["sentences"]]
        first, *rest = points
        paragraphs = [f"{said[0]} {first} {said[1]}", " ".join([said[2], *rest, said[3]])]
        if len(rest) > 1:
            paragraphs.append("In short:\n\n" + "\n".join(f"- {point}" for point in points))
        return WrittenSection(heading=kind["heading"], text="\n\n".join(paragraphs))


def describe(it: str, tags: list[str], facts: list[str]) -> Description:
    """Return a summary and tags."""
    return Description(summary=f"What {it} is, how it came about and what it takes. {facts[-1]}", tags=tags)


def _share(facts: list[str], place: int, count: int) -> list[str]:
    return facts[place::count]
