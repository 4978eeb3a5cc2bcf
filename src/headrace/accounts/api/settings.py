"""The settings over HTTP, for administrators: what this web process runs with; secrets only as set or not."""

from fastapi import APIRouter
from pydantic import BaseModel, Field, SecretStr

from headrace.accounts.permission import Permission
from headrace.setting_sources import PREFIX, as_text
from headrace.settings import Settings
from headrace.web.gate import needs
from headrace.web.runtime import CurrentRuntime

router = APIRouter(prefix="/admin", tags=["administration"], dependencies=[needs(Permission.ADMIN)])


class SettingView(BaseModel):
    """A setting."""

    name: str = Field(examples=["HEADRACE_PORT"])
    value: str | None = Field(description="Null if it is not set, or secret.")
    is_set: bool = Field(description="Whether it has a value, be it the default.")
    is_secret: bool
    description: str


@router.get("/settings", operation_id="list_settings")
async def list_settings(runtime: CurrentRuntime) -> list[SettingView]:
    """List the settings of the process that answers; they are changed where it is started."""
    return [_view(name, getattr(runtime.settings, name)) for name in Settings.model_fields]


def _view(name: str, value: object) -> SettingView:
    field = Settings.model_fields[name]
    is_secret = SecretStr.__name__ in str(field.annotation)
    return SettingView(
        name=PREFIX + name.upper(),
        value=None if is_secret or value is None else as_text(value),
        is_set=value is not None,
        is_secret=is_secret,
        description=field.description or "",
    )
