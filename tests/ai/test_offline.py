"""The offline provider: deterministic, labelled, true to every schema."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated, Literal
from uuid import UUID

import pytest
from pydantic import AnyUrl, BaseModel, Field, TypeAdapter
from typing_extensions import TypedDict

from headrace.ai.errors import UnknownModel
from headrace.ai.offline import LABEL, MARK, MODEL, Offline
from headrace.ai.placeholder import topic_of
from headrace.ai.provider import Answer, Chunk, Message, Request
from headrace.ai.shape import shape_of

pytestmark = pytest.mark.anyio

PROMPT = "Write an article about water mills. Keep it short."


@pytest.fixture
def offline() -> Offline:
    return Offline(pace=timedelta())


async def answer_to(offline: Offline, request: Request) -> Answer:
    items = [item async for item in offline.stream(MODEL, request)]
    assert isinstance(items[-1], Answer)
    assert "".join(item.text for item in items if isinstance(item, Chunk)) == items[-1].text
    return items[-1]


async def test_the_same_prompt_gets_the_same_text(offline: Offline):
    request = Request((Message("user", PROMPT),))

    assert await answer_to(offline, request) == await answer_to(offline, request)


async def test_another_prompt_gets_another_text(offline: Offline):
    first = await answer_to(offline, Request((Message("user", PROMPT),)))
    second = await answer_to(offline, Request((Message("user", PROMPT + " And friendly."),)))

    assert first.text != second.text


async def test_text_begins_with_its_label_and_is_about_the_topic(offline: Offline):
    answer = await answer_to(offline, Request((Message("user", PROMPT),)))

    assert answer.text.startswith(LABEL)
    assert "water mills" in answer.text


async def test_text_comes_in_many_small_chunks(offline: Offline):
    items = [item async for item in offline.stream(MODEL, Request((Message("user", PROMPT),)))]

    assert len(items) > 20


async def test_usage_is_counted(offline: Offline):
    answer = await answer_to(offline, Request((Message("user", "x" * 400),)))

    assert (answer.usage.input, answer.usage.estimated) == (100, False)
    assert answer.usage.output > 50


async def test_the_output_limit_holds(offline: Offline):
    answer = await answer_to(offline, Request((Message("user", PROMPT),), max_output_tokens=40))

    assert (answer.finish_reason, answer.usage.output) == ("length", 40)


async def test_another_model_than_the_writer_is_unknown(offline: Offline):
    with pytest.raises(UnknownModel, match="offline:writer"):
        await anext(offline.stream("painter", Request((Message("user", PROMPT),))))


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Section(BaseModel):
    heading: str = Field(min_length=3, max_length=60)
    summary: str


class Outline(BaseModel):
    title: str = Field(max_length=80)
    sections: list[Section] = Field(min_length=2, max_length=8)
    tags: set[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{2,20}$")]] = Field(max_length=1)
    tone: Literal["dry", "warm"]


class Node(BaseModel):
    name: str
    children: list[Node] = []
    parent: Node | None = None


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = Field(ge=1, le=9)


class Dog(BaseModel):
    kind: Literal["dog"]
    loud: bool


class Owner(TypedDict):
    pet: Annotated[Cat | Dog, Field(discriminator="kind")]


class Bounded(BaseModel):
    small: int = Field(gt=0, lt=2)
    even: int = Field(multiple_of=2, ge=11, le=13)
    negative: int = Field(lt=-100)
    share: float = Field(gt=0, lt=0.002)
    price: Decimal = Field(ge=0, max_digits=6, decimal_places=2)
    code: str = Field(min_length=5, max_length=5)
    long: str = Field(min_length=900, max_length=1_000)
    short: str = Field(max_length=1)
    pair: tuple[int, str]
    table: dict[str, int] = Field(min_length=1)
    many: list[int] = Field(min_length=7)
    none: list[int] = Field(max_length=0)
    distinct: frozenset[int] = Field(min_length=4)


class Formats(BaseModel):
    a: datetime
    b: date
    c: time
    d: timedelta
    e: UUID
    f: AnyUrl
    g: IPv4Address
    h: IPv6Address
    i: Colour
    j: None
    k: Colour | None = None
    l: int | str  # noqa: E741
    m: bytes
    n: object


class Patterns(BaseModel):
    colour: str = Field(pattern=r"^#[0-9a-f]{6}$")
    plate: str = Field(pattern=r"^[A-Z]{1,3}-[A-Z]{2} \d{1,4}$")
    slug: str = Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", min_length=10, max_length=12)
    answer: str = Field(pattern=r"^(yes|no)$")
    words: str = Field(pattern=r"^\w+\s\S+$")
    not_digit: str = Field(pattern=r"^[^0-9]{3}\D$")


@dataclass
class Point:
    x: int
    y: int = 3


KINDS = [
    *(Outline, Node, Bounded, Formats, Patterns, Owner, Point, Cat),
    *(int, str, bool, float, list[Section], dict[str, Section], tuple[int, ...], Colour),
]


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("prompt", [PROMPT, "", "数据 about {braces} and 'quotes'", "x" * 5_000])
async def test_a_structured_placeholder_is_true_to_its_schema(kind: type[object], prompt: str, offline: Offline):
    shape = shape_of(kind)

    answer = await answer_to(offline, Request((Message("user", prompt),), schema=shape.schema))

    value = shape.value(shape.read(answer.text))
    TypeAdapter(kind).validate_python(value)


async def test_a_structured_placeholder_carries_the_mark_once(offline: Offline):
    answer = await answer_to(offline, Request((Message("user", PROMPT),), schema=shape_of(Outline).schema))

    outline = Outline.model_validate_json(answer.text)
    assert outline.title == f"Water mills {MARK}"
    assert answer.text.count(MARK) == 1
    assert len({section.heading for section in outline.sections}) == len(outline.sections)


async def test_a_type_that_holds_itself_is_filled_once(offline: Offline):
    answer = await answer_to(offline, Request((Message("user", PROMPT),), schema=shape_of(Node).schema))

    node = shape_of(Node).value(shape_of(Node).read(answer.text))
    assert len(node.children) == 3
    assert all(child.children == [] and child.parent is None for child in node.children)


async def test_an_example_in_the_schema_is_taken(offline: Offline):
    class Shirt(BaseModel):
        size: str = Field(examples=["XL"])

    answer = await answer_to(offline, Request((Message("user", PROMPT),), schema=shape_of(Shirt).schema))

    assert Shirt.model_validate_json(answer.text).size == "XL"


@pytest.mark.parametrize(
    ("prompt", "topic"),
    [
        ("Outline an article on tea", "tea"),
        ("Write about 'the Rhine': its towns", "the Rhine"),
        ("\n\n  Hello  \nworld", "Hello"),
        ("", "the subject"),
        ("about " + "many words " * 20, "many words many words many words many words many words many"),
    ],
)
def test_the_topic_of_a_prompt_is_found(prompt: str, topic: str):
    assert topic_of(prompt) == topic


def test_the_offline_provider_imports_no_ai_library():
    code = """if True:
        import asyncio, sys
        from headrace.ai.ai import Ai
        from headrace.ai.models import Models
        from headrace.settings import Settings
        route = asyncio.run(Models(Settings()).route(None))
        assert route.name == "offline:writer", route
        heavy = {"pydantic_ai", "openai", "genai_prices", "httpx2", "sqlalchemy", "alembic"} & set(sys.modules)
        sys.exit(", ".join(heavy) or 0)
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd="/", env={})

    assert done.returncode == 0, done.stderr
