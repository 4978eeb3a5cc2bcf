"""What can be asked, over HTTP: models with their prices, aliases, providers and their keys."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from headrace.accounts.permission import Permission
from headrace.ai import catalogue
from headrace.ai.spend import list_asked
from headrace.runtime import Runtime
from headrace.web.body import Body
from headrace.web.gate import needs
from headrace.web.runtime import CurrentRuntime

router = APIRouter(prefix="/ai", tags=["ai"], dependencies=[needs(Permission.AI_READ, to_change=Permission.AI_WRITE)])
_LATELY = timedelta(days=90)
_ADMIN = [needs(Permission.ADMIN)]

Lacks = Annotated[str | None, Field(description="What has to be set before it can be asked; null if nothing.")]


class _View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ProviderKeyView(_View):
    """A provider's key, of which only the end is shown."""

    source: Literal["api", "settings"]
    last4: str
    set_at: datetime | None
    key_id: str | None = Field(description="Which of the installation's secret keys sealed it.")


class ProviderView(_View):
    """Somebody who answers."""

    name: str
    title: str
    lacks: Lacks
    key: ProviderKeyView | None


class AliasView(_View):
    """A name for one model, or for several that are asked in turn."""

    name: str
    source: Literal["api", "settings"]
    stands_for: list[str]
    models: list[str] = Field(description="The models that come of it, aliases in it resolved.")
    problem: str | None = Field(description="Why no model comes of it.")


class UnitPriceView(_View):
    """Nano-USD a token; a dollar a million tokens is 1,000."""

    input: Decimal
    cached_input: Decimal
    output: Decimal


class ModelView(_View):
    """A model that the default or an alias names, or that was asked in the last 90 days."""

    name: str
    lacks: Lacks
    price: UnitPriceView | None = Field(description="Null if the price list doesn't know it.")


class ModelsView(BaseModel):
    """What can be asked."""

    default: str = Field(description="The model or alias that is asked when a task names none.")
    models: list[ModelView]
    aliases: list[AliasView]
    providers: list[ProviderView]


class Chain(Body):
    """What an alias stands for."""

    models: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        examples=[["anthropic:claude-opus-5-5", "openai:gpt-6-sol"]], description="Asked in turn."
    )


class ProviderKey(Body):
    """A provider's key."""

    key: SecretStr


@router.get("/models", operation_id="list_models")
async def show_models(runtime: CurrentRuntime) -> ModelsView:
    """Show the default, the aliases, the providers, and the price of the models that they name or that were asked lately."""
    stored = await runtime.models.stored_now()
    today = (runtime.clock.now or datetime.now(UTC)).date()
    async with runtime.database.connection() as conn:
        asked = await list_asked(conn, today - _LATELY)
    priced = await catalogue.list_models(runtime.settings, runtime.models, stored, asked)
    return ModelsView(
        default=runtime.models.default_of(stored),
        models=[ModelView.model_validate(model) for model in priced],
        aliases=[AliasView.model_validate(alias) for alias in catalogue.list_aliases(runtime.models, stored)],
        providers=await _providers(runtime),
    )


@router.get("/aliases/{name}", operation_id="show_alias")
async def show_alias(name: str, runtime: CurrentRuntime) -> AliasView:
    """Show what an alias stands for."""
    return await _alias(runtime, name)


@router.put("/aliases/{name}", operation_id="set_alias")
async def set_alias(name: str, body: Chain, runtime: CurrentRuntime) -> AliasView:
    """Make an alias or change it; it counts before one of the settings. Workers know within 5 seconds."""
    async with runtime.database.transaction() as conn:
        await catalogue.change_alias(conn, runtime.models, name, body.models)
    return await _alias(runtime, name)


@router.delete("/aliases/{name}", status_code=204, operation_id="delete_alias")
async def delete_alias(name: str, runtime: CurrentRuntime) -> None:
    """Delete an alias made here; one of the settings under the same name counts again."""
    async with runtime.database.transaction() as conn:
        await catalogue.drop_alias(conn, runtime.models, name)


@router.get("/providers", operation_id="list_providers", dependencies=[needs(Permission.OPERATIONS_READ)])
async def show_providers(runtime: CurrentRuntime) -> list[ProviderView]:
    """List the providers, what each lacks, and whether it has a key; keys themselves are never shown."""
    return await _providers(runtime)


@router.put("/providers/{name}/key", operation_id="set_provider_key", dependencies=_ADMIN)
async def set_key(name: str, body: ProviderKey, runtime: CurrentRuntime) -> ProviderView:
    """Store a provider's key, encrypted; it counts before one of the settings. Workers use it within 5 seconds."""
    async with runtime.database.transaction() as conn:
        await catalogue.change_key(conn, runtime.keyring, name, body.key.get_secret_value())
    return next(view for view in await _providers(runtime) if view.name == name)


@router.delete("/providers/{name}/key", status_code=204, operation_id="delete_provider_key", dependencies=_ADMIN)
async def delete_key(name: str, runtime: CurrentRuntime) -> None:
    """Delete a provider's stored key; one of the settings counts again."""
    async with runtime.database.transaction() as conn:
        await catalogue.drop_key(conn, name)


async def _providers(runtime: Runtime) -> list[ProviderView]:
    stored = await runtime.models.stored_now()
    shown = catalogue.list_providers(runtime.settings, runtime.models, stored)
    return [ProviderView.model_validate(provider) for provider in shown]


async def _alias(runtime: Runtime, name: str) -> AliasView:
    stored = await runtime.models.stored_now()
    return AliasView.model_validate(catalogue.find_alias(runtime.models, stored, name))
