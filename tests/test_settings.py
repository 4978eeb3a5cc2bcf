"""Settings: where they come from, and that a wrong one stops the start by its name."""

import pytest

from headrace.errors import SettingsError
from headrace.settings import load


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("HEADRACE_PORT", "HEADRACE_HOST", "HEADRACE_DATA_DIR", "HEADRACE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_the_environment_goes_over_dotenv_over_toml(empty_folder, monkeypatch):
    (empty_folder / "headrace.toml").write_text('port = 1\nhost = "::1"\nconcurrency = 7\nqueues = ["a", "b"]')
    (empty_folder / ".env").write_text("HEADRACE_PORT=2\nHEADRACE_HOST=localhost\nOTHER=1\n")
    monkeypatch.setenv("HEADRACE_PORT", "3")
    found = load()
    assert (found.port, found.host, found.concurrency, found.queues) == (3, "localhost", 7, ("a", "b"))


def test_lists_are_comma_separated_in_the_environment(monkeypatch):
    monkeypatch.setenv("HEADRACE_QUEUES", "a, b,,c")
    assert load().queues == ("a", "b", "c")


def test_empty_variables_count_as_unset(monkeypatch):
    monkeypatch.setenv("HEADRACE_PORT", "")
    assert load().port == 8000


def test_a_secret_may_come_from_a_file(empty_folder, monkeypatch):
    (empty_folder / "url").write_text("postgresql://u:p@h/d\n")
    monkeypatch.setenv("HEADRACE_DATABASE_URL_FILE", str(empty_folder / "url"))
    url = load().database_url
    assert url is not None
    assert url.get_secret_value() == "postgresql://u:p@h/d"
    assert "p@h" not in repr(load())


def test_settings_survive_the_way_to_a_child_process(monkeypatch):
    monkeypatch.setenv("HEADRACE_QUEUES", "a,b")
    monkeypatch.setenv("HEADRACE_DATABASE_URL", "postgresql://u:p@h/d")
    before = load()
    for name, text in before.as_variables().items():
        monkeypatch.setenv(name, text)
    assert load() == before


@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [
        ("HEADRACE_PORT", "eighty", "HEADRACE_PORT"),
        ("HEADRACE_PORT", "70000", "HEADRACE_PORT"),
        ("HEADRACE_LOG_LEVEL", "loud", "HEADRACE_LOG_LEVEL"),
        ("HEADRACE_KEEP_AUDIT_DAYS", "7", "30 days at least"),
        ("HEADRACE_PROT", "8000", "HEADRACE_PROT"),
        ("HEADRACE_PORT_FILE", "x", "HEADRACE_PORT_FILE"),
        ("HEADRACE_DATABASE_URL_FILE", "/does/not/exist", "HEADRACE_DATABASE_URL_FILE"),
    ],
)
def test_a_wrong_or_unknown_setting_is_named(monkeypatch, variable, value, named):
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=named):
        load()


@pytest.mark.parametrize("text", ["prot = 1", "port = ", "port = 'x'"])
def test_a_wrong_toml_file_is_named(empty_folder, text):
    (empty_folder / "headrace.toml").write_text(text)
    with pytest.raises(SettingsError, match=r"HEADRACE_PROT|headrace\.toml|HEADRACE_PORT"):
        load()


def test_a_secret_and_its_file_together_are_refused(empty_folder, monkeypatch):
    (empty_folder / "url").write_text("postgresql://h/d")
    monkeypatch.setenv("HEADRACE_DATABASE_URL", "postgresql://h/e")
    monkeypatch.setenv("HEADRACE_DATABASE_URL_FILE", str(empty_folder / "url"))
    with pytest.raises(SettingsError, match="keep one"):
        load()


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1:80", "300.0.0.1"])
def test_a_host_that_is_no_address_is_refused(monkeypatch, host):
    monkeypatch.setenv("HEADRACE_HOST", host)
    with pytest.raises(SettingsError, match=r"HEADRACE_HOST.*127\.0\.0\.1"):
        load()


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.2", "http://127.0.0.2:8000"),
        ("::1", "http://[::1]:8000"),
        ("localhost", "http://localhost:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
    ],
)
def test_programs_on_this_machine_reach_every_host_by_an_address(monkeypatch, host, address):
    monkeypatch.setenv("HEADRACE_HOST", host)
    assert (load().host, load().address) == (host, address)


def test_networks_and_origins_are_read_and_survive_the_way_to_a_child(monkeypatch):
    monkeypatch.setenv("HEADRACE_TRUSTED_PROXIES", "10.0.0.0/8, ::1")
    monkeypatch.setenv("HEADRACE_CORS_ORIGINS", "https://App.example.com, http://localhost:3000")
    before = load()
    assert [str(network) for network in before.trusted_proxies] == ["10.0.0.0/8", "::1/128"]
    assert before.cors_origins == ("https://app.example.com", "http://localhost:3000")
    for name, text in before.as_variables().items():
        monkeypatch.setenv(name, text)
    assert load() == before


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HEADRACE_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("HEADRACE_CORS_ORIGINS", "*"),
        ("HEADRACE_CORS_ORIGINS", "https://app.example.com/"),
        ("HEADRACE_ENVIRONMENT", "prod"),
        ("HEADRACE_RATE_LIMIT", "60"),
    ],
)
def test_what_faces_the_network_is_refused_by_its_name_when_wrong(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=variable):
        load()
