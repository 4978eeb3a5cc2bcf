"""What an installation is for: shown, stored, and taken seriously."""

import pytest
from pydantic import SecretStr

from headrace import installation
from headrace.errors import SettingsError
from headrace.keyring import Keyring
from headrace.settings import Environment, Settings

KEY = "a key of at least 32 characters, yes"


@pytest.mark.anyio
async def test_a_database_takes_processes_of_its_own_environment_alone(runtime, database_url):
    keys = Keyring(KEY)
    installation.refuse_other(database_url, Environment.STAGING)
    await installation.confirm(runtime.database, keys, Environment.PRODUCTION)
    await installation.confirm(runtime.database, keys, Environment.PRODUCTION)
    installation.refuse_other(database_url, Environment.PRODUCTION)
    for other in (Environment.DEVELOPMENT, Environment.STAGING):
        with pytest.raises(SettingsError, match=f"HEADRACE_ENVIRONMENT is {other}.*production"):
            await installation.confirm(runtime.database, keys, other)
        with pytest.raises(SettingsError, match="HEADRACE_DATABASE_URL"):
            installation.refuse_other(database_url, other)


@pytest.mark.anyio
async def test_a_database_that_is_empty_or_away_is_nobody_s(runtime, database_url):
    async with runtime.database.connection() as conn:
        await conn.execute("DROP SCHEMA headrace CASCADE")
    installation.refuse_other(database_url, Environment.PRODUCTION)
    installation.refuse_other("postgresql://127.0.0.1:1/none", Environment.PRODUCTION)


@pytest.mark.parametrize("environment", [Environment.STAGING, Environment.PRODUCTION])
def test_outside_of_development_the_secret_key_has_to_be_set(tmp_path, environment):
    settings = Settings(environment=environment, data_dir=tmp_path)
    with pytest.raises(SettingsError, match=f"HEADRACE_SECRET_KEY is not set, and {environment}"):
        Keyring.of(settings)
    assert list(tmp_path.iterdir()) == []
    assert Keyring.of(settings.model_copy(update={"secret_key": SecretStr(KEY)}))


@pytest.mark.anyio
async def test_health_says_what_it_is_for(client):
    assert (await client.get("/health")).json()["environment"] == "development"
