"""What an operator can set: environment `HEADRACE_*` over `.env` over `headrace.toml` over the defaults."""

from __future__ import annotations

import ipaddress
import os
from contextlib import suppress
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from headrace.errors import SettingsError
from headrace.setting_kinds import RATE, AuditDays, Environment, Registration, Roles
from headrace.setting_sources import (
    PREFIX,
    Aliases,
    Names,
    Networks,
    Origins,
    as_text,
    dotenv,
    explain,
    refuse_unknown,
    secrets_from_files,
)

__all__ = ["PREFIX", "Environment", "Registration", "Settings", "load"]


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

    environment: Environment = Field(
        Environment.DEVELOPMENT,
        description="development, staging or production; a database remembers its own and takes no process of another.",
    )
    host: str = Field("127.0.0.1", description="Address the web server listens on; 0.0.0.0 or :: for all of them.")
    port: int = Field(8000, ge=1, le=65_535, description="Port the web server listens on.")
    data_dir: Path = Field(Path(".headrace"), description="Folder of the embedded PostgreSQL and of local files.")
    database_url: SecretStr | None = Field(
        None,
        description="PostgreSQL 15 to 18 instead of the embedded server: postgresql://user:password@host/name.",
    )
    secret_key: SecretStr | None = Field(
        None, description="Signs addresses and encrypts stored secrets; made in the data folder if not set."
    )
    api_key: SecretStr | None = Field(
        None, description="Key that the command line shows to the server; on the server's machine it needs none."
    )
    old_secret_keys: SecretStr | None = Field(
        None, description="Further secret keys that are believed, comma separated, while a new one comes in."
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
    trusted_proxies: Networks = Field(
        (),
        description="Networks of reverse proxies whose X-Forwarded-For and -Proto are believed, comma separated.",
    )
    trusted_networks: Networks = Field(
        (),
        description="Private networks whose calls without credential are the member `trusted`'s, comma separated.",
    )
    registration: Registration = Field(
        Registration.INVITED, description="Who may make an account for themselves: open (anybody), invited, or off."
    )
    oidc_issuer: str | None = Field(
        None, description="Address of an OpenID provider to sign in at, as its tokens name it: https://id.example.com."
    )
    oidc_client_id: str | None = Field(None, description="How this installation is known at the OpenID provider.")
    oidc_client_secret: SecretStr | None = Field(None, description="Its secret there, if it has one.")
    oidc_name: str = Field("single sign-on", max_length=60, description="What the login page calls the provider.")
    oidc_newcomers: Roles | None = Field(
        None, description="Role of an account for whoever signs in there and has none; without, nobody gets one so."
    )
    cors_origins: Origins = Field(
        (), description="Origins of other sites whose pages may call the API, comma separated: https://app.example.com."
    )
    rate_limit: str = Field(
        "30000/60",
        pattern=RATE,
        description="Requests per seconds of a user, and of each of their keys; 0 sets no limit.",
    )
    anonymous_rate_limit: str = Field(
        "3000/60", pattern=RATE, description="Requests per seconds of an address without a login; 0 sets no limit."
    )
    requests_max: int = Field(
        1_000, ge=1, le=100_000, description="Requests that one web process works on at a time; more get 503."
    )
    quota_jobs: int = Field(
        100_000, ge=0, le=10**9, description="Unfinished jobs a user may have waiting; 0 sets no limit."
    )
    quota_mib: int = Field(0, ge=0, le=10**9, description="MiB a user's jobs may hold; 0 sets no limit.")
    security_contact: str | None = Field(
        None,
        pattern=r"^(https://|mailto:|tel:)\S+$",
        description="Whom to tell of a hole, for /.well-known/security.txt: mailto:security@example.com.",
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
    keep_audit_days: AuditDays = Field(
        365, description="Days an entry of the audit log is kept, 30 at least; 0 keeps it for ever."
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
    ai_keep_messages: bool = Field(
        default=True,
        description="Whether what AI models are told and say is kept, encrypted, until its job is deleted.",
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
    def _is_address(cls, host: str) -> str:
        with suppress(ValueError):
            ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
            return host
        raise ValueError(
            f"is {host[:100]}, but has to be an address of this machine: 127.0.0.1, ::1, or 0.0.0.0 for all"
        )

    @property
    def address(self) -> str:
        """The base URL a browser on this machine opens."""
        host = f"[{self.own_host}]" if ":" in self.own_host else self.own_host
        return f"http://{host}:{self.port}"

    @field_validator("trusted_networks")
    @classmethod
    def _are_private(cls, networks: Networks) -> Networks:
        for network in networks:
            if not network.is_private:
                raise ValueError(f"holds {network}, which is not private; whoever reaches us from there is a stranger")
        return networks

    @property
    def own_host(self) -> str:
        """The address under which programs on this machine reach the web server."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - that is, all addresses

    def as_variables(self) -> dict[str, str]:
        """Return these settings as environment variables for a child process."""
        return {PREFIX + name.upper(): as_text(value) for name, value in self if value is not None}

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
        fields = settings_cls.model_fields
        env_files = InitSettingsSource(settings_cls, secrets_from_files(os.environ, "the environment", fields))
        dotenv_files = InitSettingsSource(settings_cls, secrets_from_files(dotenv(), ".env", fields))
        toml = TomlConfigSettingsSource(settings_cls)
        return init_settings, env_settings, env_files, dotenv_settings, dotenv_files, toml


def load() -> Settings:
    """Read the settings of this process and folder; `SettingsError` names every one that is wrong or unknown."""
    fields = Settings.model_fields
    refuse_unknown(os.environ, "the environment", fields)
    refuse_unknown(dotenv(), ".env", fields)
    try:
        of_file = (PREFIX + name.upper() for name in TomlConfigSettingsSource(Settings)())
        refuse_unknown(of_file, "headrace.toml", fields)
        return Settings()
    except ValidationError as error:
        raise SettingsError(explain(error)) from None
    except ValueError as error:  # TOML or .env that can't be parsed
        raise SettingsError(f"headrace.toml or .env can't be read: {error}") from None
