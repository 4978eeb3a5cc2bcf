"""The documents say what the code says: commands, settings, routes, codes, figures and links."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from _pytest.fixtures import FixtureFunctionDefinition
from pydantic import SecretStr
from typer.core import TyperGroup
from typer.main import get_command

from headrace.ai import errors as ai_errors
from headrace.ai.providers import DEFAULTS, OFFLINE_DEFAULT
from headrace.ai.providers import NAMES as NAMES_OF_PROVIDERS
from headrace.cli.main import cli
from headrace.errors import AiError, HeadraceError
from headrace.jobs.backoff import Retry
from headrace.jobs.job import INPUT_MAX, RESULT_MAX
from headrace.jobs.journal import EventType
from headrace.jobs.run import STEP_RESULT_MAX
from headrace.setting_sources import PREFIX
from headrace.settings import Settings
from headrace.testing import plugin
from headrace.testing.provider import FakeProvider
from headrace.web.idempotency import KeyBusy

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def text_of(name):
    return (ROOT / name).read_text("utf-8")


def table(name, heading):
    """The cells of the first table under a heading, without its head."""
    part = text_of(name).split(f"\n{heading}\n", 1)[1]
    rows = re.search(r"^\|.*\n\|[-|]+\n((?:\|.*\n)+)", part, re.MULTILINE)[1].splitlines()
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def commands():
    """Every `make …` and `headrace …` of the documents: in shell blocks and as inline code."""
    for name in NAMES:
        shell = "\n".join(SHELL.findall(text_of(name))).replace("\\\n", " ")
        inline = re.findall(r"`((?:make|headrace|\.venv/bin/headrace) [^`]+)`", text_of(name))
        for line in [*shell.splitlines(), *inline]:
            plain = re.sub(r"^(?:[A-Z_]+=\S+\s+)+", "", line.strip())
            found = re.match(r"(make|(?:\.venv/bin/)?headrace) (.*)", plain)
            if found:
                yield name, found[1].rpartition("/")[2], found[2].split("#")[0].split()


def slug(heading):
    return re.sub(r"[^\w\- ]", "", heading.replace("`", "").strip().lower()).replace(" ", "-")


def anchors(page):
    prose = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return {slug(heading) for heading in re.findall(r"^#+ (.+)$", prose, re.MULTILINE)}


def test_the_make_targets_named_exist():
    targets = set(re.findall(r"^([a-z0-9-]+):", text_of("Makefile"), re.MULTILINE))
    named = {(page, words[0]) for page, program, words in commands() if program == "make"}
    assert ("README.md", "run") in named
    assert not {(page, target) for page, target in named if target not in targets}


def test_the_commands_and_options_named_exist():
    known = get_command(cli).commands
    named = [(page, words) for page, program, words in commands() if program == "headrace"]
    assert ("README.md", "submit") in {(page, words[0]) for page, words in named}
    for page, words in named:
        assert words[0] in known, f"{page}: headrace {words[0]}"
        command = known[words[0]]
        if words[1:] and isinstance(command, TyperGroup):
            assert words[1] in command.commands, f"{page}: headrace {words[0]} {words[1]}"
            command = command.commands[words[1]]
        options = {name for parameter in command.params for name in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, f"{page}: headrace {' '.join(words)}"


def test_every_command_is_described():
    rows = [row[0] for row in table("docs/operations.md", "## Commands")]
    described = {name for row in rows for name in re.findall(r"`headrace (\w+(?: [a-z]+)?)", row)}
    offered = get_command(cli).commands
    groups = {name for name, command in offered.items() if isinstance(command, TyperGroup)}
    alone = set(offered) - groups
    assert described == alone | {f"{group} {name}" for group in groups for name in offered[group].commands}


def test_the_table_of_settings_is_that_of_the_code():
    rows = [
        [
            f"`{PREFIX}{name.upper()}`" + (", `…_FILE`" if SecretStr.__name__ in str(field.annotation) else ""),
            f"`{field.default}`" if field.default not in {None, ()} else "\N{EN DASH}",
            field.description,
        ]
        for name, field in Settings.model_fields.items()
    ]
    assert table("docs/operations.md", "## Settings") == rows


@pytest.mark.parametrize("name", NAMES)
def test_the_settings_it_names_exist(name):
    known = {PREFIX + field.upper() for field in Settings.model_fields}
    named = set(re.findall(rf"{PREFIX}[A-Z_]+[A-Z]", text_of(name)))
    assert {setting.removesuffix("_FILE") for setting in named} <= known


@pytest.mark.anyio
async def test_the_table_of_routes_is_that_of_the_api(client):
    paths = (await client.get("/api/v1/openapi.json")).json()["paths"]
    offered = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    assert {row[0].strip("`") for row in table("docs/api.md", "## Routes")} == offered


def test_the_codes_of_answers_are_those_of_the_code():
    source = "".join(path.read_text() for path in sorted((ROOT / "src/headrace").rglob("*.py")))
    given = re.findall(r'(?:problem\(|Refused\(|\.code = )\s*(\d{3}), "(\w+)"', source)
    by_status = re.search(r"^_CODES = \{(.*)\}", source, re.MULTILINE)[1]
    given += re.findall(r'(\d{3}): "(\w+)"', by_status)
    kinds = [kind for kind in subclasses(HeadraceError) if kind.status < 500 and not issubclass(kind, AiError)]
    given += [(kind.status, kind.code) for kind in kinds if kind.code != "lease_lost"]  # told to tasks alone
    given += [(422, code) for code in re.findall(r'error\.code = "(\w+)"', source)]
    assert (KeyBusy.status, KeyBusy.code) in given
    rows = table("docs/api.md", "## Errors")
    listed = {(int(row[0]), code) for row in rows for code in re.findall(r"`([a-z_]+)`", row[1])}
    assert listed == {(int(status), code) for status, code in given}


def test_the_table_of_ai_errors_is_that_of_the_code():
    rows = table("docs/ai.md", "## Errors, and what is tried again")
    listed = {row[0].strip("`"): {"yes": False, "no": True}[row[2]] for row in rows}
    assert ai_errors.RateLimited in subclasses(AiError)
    assert listed == {kind.code: kind.permanent for kind in subclasses(AiError) if kind.code != AiError.code}


def subclasses(kind):
    return {below for child in kind.__subclasses__() for below in {child, *subclasses(child)}}


def test_the_limits_named_are_those_of_the_code():
    rows = dict(table("docs/durability.md", "## Limits"))
    sizes = [rows["input"], rows["a step's result"], rows["a job's result"]]
    assert sizes == [f"{INPUT_MAX >> 20} MiB of JSON", f"{STEP_RESULT_MAX >> 20} MiB", f"{RESULT_MAX >> 10} KiB"]


def test_the_providers_and_default_models_are_those_of_the_code():
    assert {row[0].strip("`") for row in table("docs/ai.md", "## Providers")} == set(NAMES_OF_PROVIDERS)
    defaults = ", ".join(f"`{model}`" for model in DEFAULTS.values())
    assert f"{defaults}, else `{OFFLINE_DEFAULT}`" in text_of("docs/ai.md")


def test_the_messages_of_a_stream_are_the_events_of_a_job_and_the_streams_own():
    named = {row[0].strip("`") for row in table("docs/api.md", "## Streams")}
    assert named == {"state", "reset", "end"} | set(EventType)


@pytest.mark.parametrize(
    ("name", "heading"), [("docs/durability.md", "## Stopping and cancelling"), ("docs/operations.md", "## Logs")]
)
def test_the_names_of_a_table_are_given_by_the_code(name, heading):
    files = [path for suffix in ("py", "sql") for path in (ROOT / "src/headrace").rglob(f"*.{suffix}")]
    source = "".join(path.read_text() for path in files)
    given = {word for row in table(name, heading) for word in re.findall(r"`([a-z_.]+)`", row[0])}
    assert given
    assert {word for word in given if not re.search(rf"""['"]{re.escape(word)}['"]""", source)} == set()


def test_the_fixtures_and_the_providers_methods_are_those_of_the_kit():
    fixtures = {name for name, value in vars(plugin).items() if isinstance(value, FixtureFunctionDefinition)}
    assert {row[0].strip("`") for row in table("docs/testing.md", "## Fixtures")} == fixtures - {"anyio_backend"}
    rows = table("docs/testing.md", "## The fake provider")
    methods = {name for name, value in vars(FakeProvider).items() if callable(value) and not name.startswith("_")}
    assert {name for row in rows for name in re.findall(r"`(\w+)\(", row[0])} == methods - {"hung_up"}


def test_the_defaults_of_retry_are_those_of_the_code():
    known = Retry()
    assert (known.first, known.longest) == (timedelta(seconds=2), timedelta(minutes=10))
    said = f"Retry(attempts={known.attempts}, first=2 s, factor={known.factor:g}, longest=10 min, per_error={{}})"
    assert f"`{said}`" in text_of("docs/tasks.md")


@pytest.mark.parametrize("name", NAMES)
def test_its_links_lead_somewhere(name):
    page = ROOT / name
    for target in LINK.findall(page.read_text("utf-8")):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        goal = (page.parent / path).resolve() if path else page
        assert goal.exists(), target
        assert not anchor or anchor in anchors(goal), target


def test_every_document_is_linked():
    linked = {
        (page.parent / target.partition("#")[0]).resolve()
        for page in PAGES
        for target in LINK.findall(page.read_text())
    }
    assert [name for name in NAMES if ROOT / name not in linked | {ROOT / "README.md"}] == []


@pytest.mark.parametrize(("name", "most"), [("README.md", 120), ("ARCHITECTURE.md", 150), ("STYLE.md", 80)])
def test_it_is_short(name, most):
    assert len(text_of(name).splitlines()) <= most
