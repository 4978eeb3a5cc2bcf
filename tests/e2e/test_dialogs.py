"""Dialogs and forms: what opens over a screen can be used by all, and a form shows every kind of field."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.axe import breaches
from tests.e2e.conftest import PATIENCE, Headrace, running

pytestmark = pytest.mark.e2e

Open = Callable[..., Page]
PROGRAM = '''
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from headrace import App, Job, Sensitive
from pydantic import BaseModel, Field

app = App("mill")

class Grain(StrEnum):
    RYE = "rye"
    OAT = "oat"

class Sack(BaseModel):
    weight: float = Field(ge=0)

class Cart(BaseModel):
    by: Literal["cart"] = "cart"
    plate: str

class Boat(BaseModel):
    by: Literal["boat"] = "boat"
    crew: int = 2

class Order(BaseModel):
    name: str = Field(max_length=40, description="Of the order.")
    words: str
    key: Sensitive[str]
    day: date
    at: datetime
    weight: float
    count: int = Field(ge=1, le=100)
    is_urgent: bool = False
    is_dry: bool | None = None
    grain: Grain
    tags: list[str] = []
    numbers: list[int] = [1]
    sacks: list[Sack] = Field(min_length=1)
    first: Sack
    prices: dict[str, float] = {"rye": 1.5}
    way: Annotated[Cart | Boat, Field(discriminator="by")]
    either: int | str = 1
    free: dict = {}

class Review(BaseModel):
    approved: bool
    comment: str = ""
    score: int = Field(ge=1, le=5)

@app.task
async def grind(job: Job, order: Order) -> str:
    """Grind what was ordered."""
    return "flour"

@app.task
async def weigh(job: Job, sacks: int) -> int:
    """Weigh sacks."""
    return await job.step("weigh", sum, range(sacks), returns=int)

@app.task
async def review(job: Job) -> str:
    """Ask a person."""
    found = await job.wait_for("taste", Review)
    return f"{found.approved} with {found.score}: {found.comment}"
'''
LABELS = [
    *(
        "Name",
        "Words",
        "Key",
        "Day",
        "At",
        "Weight",
        "Count",
        "Is urgent",
        "Is dry",
        "Grain",
        "Tags",
        "Item 1",
        "Plate",
    ),
    *("Either", "Free"),
]


@pytest.fixture(scope="module")
def mill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Headrace]:
    """`headrace up` with an app whose input has every kind of field."""
    folder = tmp_path_factory.mktemp("mill")
    (folder / "own_app.py").write_text(PROGRAM)
    with running(folder, "own_app.py") as started:
        yield started


@pytest.fixture
def show(open_page: Open, mill: Headrace) -> Callable[..., Page]:
    """Open a screen of the mill in a scheme; nothing moves, so that no colour is caught on its way."""

    def open_one(path: str, scheme: str = "light", **options: Any) -> Page:
        page = open_page(path, at=mill, color_scheme=scheme, reduced_motion="reduce", **options)
        expect(page.locator("main h1")).to_be_visible()
        return page

    return open_one


def run(mill: Headrace, task: str, given: object, state: str) -> str:
    """Submit a job, and wait until it is in a state; return its id."""
    body = {"input": given} if given is not None else {}
    job: str = mill.post(f"/api/v1/tasks/{task}/jobs", body)["id"]
    deadline = time.monotonic() + PATIENCE
    while mill.get(f"/api/v1/jobs/{job}")["state"] != state:
        assert time.monotonic() < deadline, f"{task} did not come to be {state}"
        time.sleep(0.1)
    return job


def press(name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("button", name=name, exact=True).first.click()


def choose(name: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.get_by_role("button", name="More actions").click()
        page.get_by_role("menuitem", name=name).click()

    return act


DIALOGS = [
    ("/jobs/{job}", choose("Replay from a step"), "Estimated cost"),
    ("/jobs/{job}", press("Share"), "It shows the job for"),
    ("/jobs/{job}", choose("Edit and resubmit"), "Value"),
    ("/account", press("Make a key"), "Name"),
    ("/admin/users", press("Make a user"), "E-mail"),
    ("/ai/budgets", press("Set a budget"), "A month"),
    ("/schedules", press("New schedule"), "From now"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_opens_over_a_screen_can_be_used_by_all(show: Callable[..., Page], mill: Headrace, scheme: str) -> None:
    job = run(mill, "mill.weigh", 3, "completed")
    page = show("/jobs", scheme)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Find anything")).to_be_visible()
    in_dark = "[role=dialog]" if scheme == "dark" else None
    assert breaches(page, contrast_of=in_dark) == []
    for path, act, waited_for in DIALOGS:
        page.goto(mill.address + path.format(job=job))
        act(page)
        expect(page.get_by_role("dialog").get_by_text(waited_for).first).to_be_visible()
        assert breaches(page, contrast_of=in_dark) == [], path


def test_a_form_shows_every_kind_of_field(show: Callable[..., Page]) -> None:
    page = show("/tasks/mill.grind", "dark")
    for label in LABELS:
        expect(
            page.get_by_label(label, exact=True).or_(page.get_by_label(f"{label} *", exact=True)).first
        ).to_be_visible()
    assert breaches(page) == []
    page.set_viewport_size({"width": 390, "height": 900})
    page.wait_for_function("document.documentElement.scrollWidth <= 390")


def test_a_decision_is_given_with_what_else_it_asks_for(show: Callable[..., Page], mill: Headrace) -> None:
    job = run(mill, "mill.review", None, "waiting")
    page = show("/approvals")
    page.get_by_role("navigation", name="Waits").get_by_role("button").first.click()
    page.get_by_role("textbox", name="Score").fill("4")
    page.get_by_role("textbox", name="Comment").fill("nutty")
    assert breaches(page) == []
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("taste is answered")).to_be_visible()
    assert mill.get(f"/api/v1/jobs/{job}?wait=30")["result"] == "True with 4: nutty"


def test_the_next_times_stand_in_the_form_of_a_schedule(show: Callable[..., Page], complaints: list[str]) -> None:
    page = show("/schedules", timezone_id="Europe/Berlin")
    page.get_by_role("button", name="New schedule").click()
    page.get_by_role("combobox", name="Time zone").fill("Asia/Tokyo")
    page.get_by_role("textbox", name="When").fill("0 9 1 1 *")
    times = page.get_by_role("region", name="Next times")
    expect(times.get_by_role("columnheader", name="Asia/Tokyo")).to_be_visible()
    expect(times.get_by_role("cell", name="01:00 AM")).to_have_count(5)
    page.get_by_role("textbox", name="When").fill("0 25 1 1 *")
    expect(page.get_by_text("can't be used")).to_be_visible()
    complaints[:] = [text for text in complaints if "422" not in text]  # the expression that was refused, as it should
