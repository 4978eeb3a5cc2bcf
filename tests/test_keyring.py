"""The secret key: what it signs and seals, how it is kept, and how another one takes over."""

import stat

import pytest
from pydantic import SecretStr

from headrace import installation
from headrace.errors import SettingsError, Unreadable
from headrace.keyring import Keyring
from headrace.settings import Settings

OLD, NEW = "an old key of at least 32 characters", "a new key of at least 32 characters!"


def test_a_code_is_believed_for_its_purpose_and_message_alone():
    ring = Keyring(OLD)
    code = ring.mac("callback", b"wait 1")
    assert len(code) == 32
    assert ring.verify("callback", b"wait 1", code)
    assert not ring.verify("callback", b"wait 2", code)
    assert not ring.verify("session", b"wait 1", code)
    assert not Keyring(NEW).verify("callback", b"wait 1", code)


def test_what_an_older_key_signed_and_sealed_is_still_believed_and_asks_for_a_new_seal():
    before, after = Keyring(OLD), Keyring(NEW, (OLD,))
    sealed = before.seal("provider key", b"sk-1", bound_to="openai")
    assert after.verify("callback", b"wait", before.mac("callback", b"wait"))
    assert after.unseal("provider key", sealed, bound_to="openai") == b"sk-1"
    assert after.needs_new_seal(sealed)
    assert not after.needs_new_seal(after.seal("provider key", b"sk-1", bound_to="openai"))


def test_a_sealed_value_hides_its_text_and_opens_only_in_its_place():
    ring = Keyring(OLD)
    sealed = ring.seal("provider key", b"sk-secret", bound_to="openai")
    assert "sk-secret" not in sealed
    assert sealed != ring.seal("provider key", b"sk-secret", bound_to="openai")
    for purpose, place, text in (
        ("provider key", "anthropic", sealed),
        ("webhook secret", "openai", sealed),
        ("provider key", "openai", sealed[:-4] + "AAA="),
        ("provider key", "openai", sealed.partition(".")[0] + ".x"),
    ):
        with pytest.raises(Unreadable, match="damaged or was moved"):
            ring.unseal(purpose, text, bound_to=place)
    with pytest.raises(Unreadable, match="HEADRACE_OLD_SECRET_KEYS"):
        Keyring(NEW).unseal("provider key", sealed, bound_to="openai")


def test_a_short_key_stops_the_start():
    with pytest.raises(SettingsError, match="at least 32"):
        Keyring("short")
    with pytest.raises(SettingsError, match="at least 32"):
        Keyring.of(Settings(secret_key=SecretStr(NEW), old_secret_keys=SecretStr(f"{OLD}, short")))


def test_without_a_setting_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    settings = Settings(data_dir=tmp_path / "data")
    first, second = Keyring.of(settings), Keyring.of(settings)
    assert first.key_id == second.key_id
    assert stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret.key"]


def test_a_data_folder_that_cannot_be_written_names_the_setting(tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(SettingsError, match="set HEADRACE_SECRET_KEY"):
        Keyring.of(Settings(data_dir=tmp_path / "data"))


@pytest.mark.anyio
async def test_a_process_with_another_key_does_not_work_on_the_database(runtime):
    await installation.confirm(runtime.database, Keyring(OLD))
    await installation.confirm(runtime.database, Keyring(OLD))
    with pytest.raises(SettingsError, match="HEADRACE_OLD_SECRET_KEYS"):
        await installation.confirm(runtime.database, Keyring(NEW))
    await installation.confirm(runtime.database, Keyring(NEW, (OLD,)))
    await installation.confirm(runtime.database, Keyring(NEW))
    with pytest.raises(SettingsError):
        await installation.confirm(runtime.database, Keyring(OLD))
