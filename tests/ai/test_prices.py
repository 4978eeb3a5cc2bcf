"""Prices of an installation's own: for models that the price list does not know, or knows at another price."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from headrace.ai.estimate import bounded
from headrace.ai.models import Models
from headrace.ai.provider import Message, Request, Usage
from headrace.errors import SettingsError
from headrace.settings import Settings, load

COSTS = Path(__file__).parents[2] / "docs" / "costs.md"
NAME = "openai:my/model-2"
USAGE = Usage(1_000_000, 100_000, cached=400_000)
MILLION = 10**9


def prices(*texts: str) -> Models:
    return Models(Settings.model_construct(ai_prices=texts, ai_aliases=None, ai_model="offline:writer"))


@pytest.mark.parametrize(
    ("text", "dollars"),
    [
        (f"{NAME}=0.15/0.60", "0.21"),
        (f"{NAME}=1/2/0.25", "0.9"),
        (f"{NAME}=0/0", "0"),
        (f" {NAME} = 1 / 2 / 0 ", "0.8"),
    ],
)
def test_a_price_is_of_a_million_tokens_in_and_out_and_cached(text: str, dollars: str):
    price = prices(text).own_prices[NAME].of(NAME, USAGE)
    assert price.nano_usd == int(Decimal(dollars) * MILLION)
    assert price.entry is not None
    assert (price.entry["provider"], price.entry["model"]) == ("HEADRACE_AI_PRICES", NAME)


@pytest.mark.parametrize("dollars", ["", "1", "1/2/3/4", "x/1", "-1/1", "NaN/1", "Infinity/1", "1e9/1", "1//2"])
def test_what_is_no_price_is_refused_with_the_mend(dollars: str):
    with pytest.raises(SettingsError, match=r"HEADRACE_AI_PRICES: .* write provider:model=input/output"):
        prices(f"{NAME}={dollars}")


@pytest.mark.parametrize("text", ["1/2", "model=1/2", "openai:model"])
def test_a_price_without_a_model_is_refused(text: str):
    with pytest.raises(SettingsError, match="HEADRACE_AI_PRICES"):
        prices(text)


def test_prices_come_from_the_environment_as_the_document_says(monkeypatch: pytest.MonkeyPatch):
    [text] = re.findall(r'`HEADRACE_AI_PRICES="([^"]*)"`', COSTS.read_text("utf-8"))
    monkeypatch.setenv("HEADRACE_AI_PRICES", text)
    assert set(Models(load()).own_prices) == {"openai:my-model", "ollama:llama4"}


@pytest.mark.anyio
async def test_an_own_price_counts_before_the_list_and_bounds_the_answer():
    models = prices("offline:other=1/2")
    request = Request((Message("user", "Hello"),))
    priced, free = await models.route("offline:other"), await models.route("offline:writer")
    asked, reserve = bounded(priced, request, 100)
    assert asked.max_output_tokens == 100
    assert reserve.nano_usd == 1_000 * reserve.input_tokens + 2_000 * 100
    assert priced.price(USAGE, answered_by="x") == priced.price(USAGE)
    assert bounded(free, request, 100)[0].max_output_tokens is None
