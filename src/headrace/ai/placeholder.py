"""Plausible placeholder prose about whatever a prompt asks for, the same for the same prompt."""

from __future__ import annotations

import re
from collections import Counter
from hashlib import sha256
from itertools import count

_OPENINGS = (
    "Anyone who meets “{topic}” for the first time asks the same few questions",
    "Behind “{topic}” lies a longer history than most people expect",
    "The interest in “{topic}” has grown for good reasons",
    "It is easier to grasp “{topic}” when its parts are seen apart from one another",
    "There is more than one way to look at “{topic}”",
)
_SENTENCES = (
    "The first thing to settle is what it is for, and who is better off when it works",
    "Good practice begins small: one case, carried through to the end, teaches more than ten plans",
    "What looks like a detail at the start often decides the outcome later",
    "Costs and benefits rarely fall on the same people, so both have to be counted",
    "Experience shows that clear words save more time than clever tools",
    "It pays to measure before and after, and to write down what was expected",
    "Mistakes are cheapest when they are found early, by somebody who may speak freely",
    "Several approaches exist, and each has a place where it is the right one",
    "The simplest version is usually the one that is still in use years later",
    "Where opinions differ, a small experiment settles more than a long debate",
    "None of this asks for special talent; it asks for attention and a little patience",
    "A short list of open questions, kept honestly, is a sign of health",
)
_CLOSINGS = (
    "Seen this way, “{topic}” is less of a riddle than of a craft",
    "That is reason enough to give “{topic}” a second look",
    "With that in mind, the next step with “{topic}” is a practical one",
    "What remains is to begin, and “{topic}” is a good place to do so",
)
_HEADINGS = (
    "Where it begins",
    "How it works in practice",
    "What to watch for",
    "Whom it serves, and what it costs",
    "Lessons from everyday use",
    "First steps",
    "What comes next",
    "Questions that stay open",
)
_WORDS = ("basics", "history", "practice", "examples", "questions", "methods", "costs", "outlook", "tools", "people")
_SUBJECT = re.compile(
    r"\b(?:(?:article|text|essay|post|story|outline|section|summary|tags?)\s+(?:for|of)|about|on|titled|entitled"
    r"|topic:|subject:)\s+(.+)",
    re.IGNORECASE,
)
_STOP = re.compile(r"[\n.;:!?]|,\s")
_TOPIC_CHARS = 60


class Prose:
    """Sentences, headings and words in an order that the prompt's hash decides; none comes twice before all have come."""

    def __init__(self, prompt: str) -> None:
        """Find the topic of `prompt` and start from its hash."""
        self.topic = topic_of(prompt)
        self._seed = sha256(prompt.encode("utf-8", "replace")).digest()
        self._numbers = count()
        self._drawn: Counter[tuple[str, ...]] = Counter()

    def number(self, below: int) -> int:
        """Return the next number in `range(below)`."""
        digest = sha256(self._seed + next(self._numbers).to_bytes(8)).digest()
        return int.from_bytes(digest[:8]) % below

    def paragraphs(self, how_many: int) -> str:
        """Return that many paragraphs; the first opens with the topic, the last closes with it."""
        closing = self._draw(_CLOSINGS).format(topic=self.topic)
        return self.opening() + "\n\n".join(self._paragraph() for _ in range(how_many)) + f" {closing}."

    def title(self) -> str:
        """Return the topic as a title."""
        return _upper(self.topic)

    def heading(self) -> str:
        """Return a heading for a part."""
        return self._draw(_HEADINGS)

    def opening(self) -> str:
        """Return a sentence that names the topic."""
        return self._draw(_OPENINGS).format(topic=self.topic) + ". "

    def sentence(self) -> str:
        """Return one sentence."""
        return self._draw(_SENTENCES) + "."

    def word(self) -> str:
        """Return one plain word."""
        return self._draw(_WORDS)

    def _paragraph(self) -> str:
        return " ".join(self.sentence() for _ in range(4))

    def _draw(self, choices: tuple[str, ...]) -> str:
        first = int.from_bytes(sha256(self._seed + choices[0].encode()).digest()[:8])
        self._drawn[choices] += 1
        return choices[(first + self._drawn[choices]) % len(choices)]


def topic_of(prompt: str) -> str:
    """Return what a prompt is about, as far as its first line tells: "Outline an article on tea" is about tea."""
    phrase = next((line.strip() for line in prompt.splitlines() if line.strip()), "")
    while found := _SUBJECT.search(phrase):
        phrase = found.group(1)
    phrase = _STOP.split(phrase, maxsplit=1)[0].strip(" \"'“”*#`()[]{}")
    return _shortened(phrase) or "the subject"


def _shortened(phrase: str) -> str:
    phrase = "".join(char if char.isprintable() else " " for char in phrase)
    if len(phrase) <= _TOPIC_CHARS:
        return phrase
    return phrase[:_TOPIC_CHARS].rsplit(" ", 1)[0]


def _upper(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
