"""What an operator can set: environment `HEADRACE_*` over `.env` over `headrace.toml` over the defaults."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

from dotenv import dotenv_values
from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from headrace.errors import SettingsError

PREFIX = "HEADRACE_"


def _split(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _named(value: object) -> object:
    if isinstance(value, str):
        parts = [part.partition("=") for part in value.split(",") if part.strip()]
        value = {name.strip(): chain for name, _, chain in parts}
    if not isinstance(value, dict):
        return value
    return {name: _chain(chain) for name, chain in value.items()}


def _chain(value: object) -> object:
    return tuple(name.strip() for name in value.split(">")) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_split)]
Aliases = Annotated[dict[str, tuple[str, ...]], BeforeValidator(_named)]


class Settings(BaseSettings):
    """The settings of one process; every field is also `HEADRACE_<FIELD>`, secrets also `HEADRACE_<FIELD>_FILE`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        toml_file="headrace.toml",
        env_ignore_empty=True,
        enable_decoding=False,
        extra="ignore",  # a .env holds other programs' variables too; unknown ones of ours are refused in `load`
        frozen=True,
    )

    host: str = Field("127.0.0.1", description="Address the web server listens on; loopback only until accounts exist.")
    port: int = Field(8000, ge=1, le=65_535, description="Port the web server listens on.")
    data_dir: Path = Field(Path(".headrace"), description="Folder of the embedded PostgreSQL and of local files.")
    database_url: SecretStr | None = Field(
        None,
        description="PostgreSQL 15 to 18 instead of the embedded server: postgresql://user:password@host/name.",
    )
    secret_key: SecretStr | None = Field(
        None, description="Signs addresses and encrypts stored secrets; made in the data folder if not set."
    )
    old_secret_keys: SecretStr | None = Field(
        None, description="Earlier secret keys that are still believed, comma separated, while a new one comes in."
    )
    allowed_hosts: Names = Field(
        (),
        description="Further Host names the server answers to, comma separated (loopback names always work).",
    )
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$",
        description="Where others reach the web server, for the addresses of callbacks: https://jobs.example.com.",
    )
    queues: Names = Field((), description="Queues a worker serves, comma separated; empty means all of its apps'.")
    concurrency: int = Field(100, ge=1, le=10_000, description="Jobs one worker runs at a time.")
    processes: int | None = Field(
        None,
        ge=1,
        le=1_000,
        description="Processes one worker has for tasks with executor='process'; one a CPU if not set.",
    )
    stop_grace: float = Field(20.0, ge=0, le=3_600, description="Seconds running jobs get to stop by themselves.")
    keep_completed_days: float = Field(
        14, ge=0, le=36_500, description="Days a completed job is kept; 0 keeps it for ever."
    )
    keep_failed_days: float = Field(60, ge=0, le=36_500, description="Days a failed job is kept; 0 keeps it for ever.")
    keep_cancelled_days: float = Field(
        60, ge=0, le=36_500, description="Days a cancelled job is kept; 0 keeps it for ever."
    )
    keep_gib: float = Field(
        20, ge=0, le=1e6, description="GiB that finished jobs may hold before the oldest go; 0 sets no limit."
    )
    log_level: str = Field(
        "info", pattern="^(debug|info|warning|error)$", description="Least severe log level to write."
    )
    log_format: str = Field(
        "auto", pattern="^(auto|json|text)$", description="json, text, or auto: text on a terminal."
    )
    ai_model: str | None = Field(
        None,
        description="Default model: provider:model, such as openai:gpt-5, or an alias; offline:writer without a key.",
    )
    ai_aliases: Aliases | None = Field(
        None,
        description="Names for models, name=model, comma separated; with > between models they are asked in turn.",
    )
    ai_prices: Names = Field(
        (), description="Prices, model=input/output[/cached input] in dollars a million tokens, comma separated."
    )
    ai_max_output_tokens: int = Field(
        16_384, ge=1, le=10_000_000, description="Longest answer of a call that costs money, if its task sets no limit."
    )
    ai_budget_wait_days: float = Field(
        32, ge=0, le=36_500, description="Days a job waits for budgets in all before it fails; 0 fails it at once."
    )
    ai_limits: Names = Field(
        (), description="Limits of providers and models, name=concurrency/requests/tokens a minute, comma separated."
    )
    openai_api_key: SecretStr | None = Field(None, description="Key for OpenAI or a server that speaks its protocol.")
    openai_base_url: str | None = Field(None, description="Base URL of an OpenAI-compatible server, ending in /v1.")
    azure_openai_api_key: SecretStr | None = Field(None, description="Key of the Azure OpenAI resource.")
    azure_openai_endpoint: str | None = Field(None, description="Address of the Azure OpenAI resource.")
    azure_openai_api_version: str = Field("2024-10-21", description="Azure's api-version; not sent to /v1 endpoints.")
    anthropic_api_key: SecretStr | None = Field(None, description="Key for Anthropic.")
    anthropic_base_url: str | None = Field(None, description="Address of a gateway that speaks Anthropic's protocol.")
    gemini_api_key: SecretStr | None = Field(None, description="Key for Google's Gemini API.")
    gemini_base_url: str | None = Field(None, description="Address of a gateway that speaks Gemini's protocol.")
    ollama_base_url: str | None = Field(None, description="Base URL of an Ollama server: http://127.0.0.1:11434/v1.")
    ollama_api_key: SecretStr | None = Field(None, description="Key of the Ollama server, if it wants one.")

    @field_validator("host")
    @classmethod
    def _is_loopback(cls, host: str) -> str:
        with suppress(ValueError):
            if ipaddress.ip_address("127.0.0.1" if host == "localhost" else host).is_loopback:
                return host
        raise ValueError(
            f"is {host[:100]}, but without accounts the server listens on this machine only: use 127.0.0.1 or ::1, and an "
            "SSH tunnel to reach it from elsewhere"
        )

    @property
    def address(self) -> str:
        """The base URL a browser on this machine opens."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def environment(self) -> dict[str, str]:
        """Return these settings as environment variables for a child process."""
        return {PREFIX + name.upper(): _as_text(value) for name, value in self if value is not None}

    @classmethod
    def settings_customise_sources(  # noqa: PLR0917 - the library's signature
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - replaced by the `_FILE` variables
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment and its `_FILE` secrets, then `.env` and its, then `headrace.toml`."""
        env_files = InitSettingsSource(settings_cls, _secrets_from_files(os.environ, "the environment"))
        dotenv_files = InitSettingsSource(settings_cls, _secrets_from_files(_dotenv(), ".env"))
        toml = TomlConfigSettingsSource(settings_cls)
        return init_settings, env_settings, env_files, dotenv_settings, dotenv_files, toml


def load() -> Settings:
    """Read the settings of this process and folder; `SettingsError` names every one that is wrong or unknown."""
    _refuse_unknown(os.environ, "the environment")
    _refuse_unknown(_dotenv(), ".env")
    try:
        _refuse_unknown((PREFIX + name.upper() for name in TomlConfigSettingsSource(Settings)()), "headrace.toml")
        return Settings()
    except ValidationError as error:
        raise SettingsError(_explain(error)) from None
    except ValueError as error:  # TOML or .env that can't be parsed
        raise SettingsError(f"headrace.toml or .env can't be read: {error}") from None


def _dotenv() -> dict[str, str]:
    return {name: text or "" for name, text in dotenv_values(".env").items()}


def _refuse_unknown(variables: Iterable[str], where: str) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields} | set(_file_variables())
    for variable in variables:
        if variable.startswith(PREFIX) and variable not in known:
            raise SettingsError(f"Unknown setting {variable} in {where}; known are {', '.join(sorted(known))}")


def _file_variables() -> dict[str, str]:
    secrets = (name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation))
    return {f"{PREFIX}{name.upper()}_FILE": name for name in secrets}


def _secrets_from_files(variables: Mapping[str, str], where: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for variable, name in _file_variables().items():
        path = variables.get(variable)
        if not path:
            continue
        if variables.get(PREFIX + name.upper()):
            raise SettingsError(f"{PREFIX}{name.upper()} and {variable} are both set in {where}; keep one")
        try:
            found[name] = Path(path).read_text("utf-8").strip()
        except OSError as error:
            raise SettingsError(f"{variable} names a file that can't be read: {error.strerror}: {path}") from None
    return found


def _as_text(value: object) -> str:
    match value:
        case SecretStr():
            return value.get_secret_value()
        case tuple():
            return ",".join(map(str, value))
        case dict():
            return ",".join(f"{name}={'>'.join(chain)}" for name, chain in value.items())
        case _:
            return str(value)


def _explain(error: ValidationError) -> str:
    lines = [
        f"{PREFIX}{str(item['loc'][0]).upper()}: {item['msg'].removeprefix('Value error, ')}"
        for item in error.errors(include_input=False)
    ]
    return "Wrong settings. " + "; ".join(lines)
