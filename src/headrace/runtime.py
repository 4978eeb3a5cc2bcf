"""What one process works with, built once at the edge and handed down."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from headrace.accounts.upkeep import tidy
from headrace.ai.configured import Configured, reseal_duty
from headrace.ai.ledger import Terms, ledger_of
from headrace.ai.limits import limits_of
from headrace.ai.messages import Archive
from headrace.ai.upkeep import ANSWERS, LEDGER
from headrace.app import App
from headrace.clock import Clock
from headrace.db.connect import Connection, Database
from headrace.db.wake import Wakeups
from headrace.errors import NotFound, SettingsError
from headrace.jobs.addresses import Addresses
from headrace.jobs.task import Task
from headrace.jobs.upkeep import DUTIES, Duty, retention
from headrace.jobs.upkeep.duty import Done
from headrace.jobs.upkeep.retention import Policy
from headrace.keyring import Keyring
from headrace.schedules.duty import Scheduler
from headrace.settings import Settings

if TYPE_CHECKING:
    from headrace.ai.models import Models


@dataclass(frozen=True)
class Runtime:
    """Settings, database, clock, wake-ups, apps and models of one process."""

    settings: Settings
    database: Database
    clock: Clock
    wakeups: Wakeups
    apps: tuple[App, ...]
    models: Models

    @classmethod
    @asynccontextmanager
    async def open(
        cls, settings: Settings, apps: Sequence[App], *, connections: int, clock: Clock | None = None
    ) -> AsyncIterator[Runtime]:
        """Connect with at most `connections`, and close at the end of the block.

        Raises `Unavailable`, or `InvalidInput` for a schedule in code whose task does not take its input.
        """
        keyring = cache(lambda: Keyring.of(settings))
        for app in apps:
            for task in app.tasks.values():
                task.seal.use(keyring)
            for rule in app.schedules.values():
                rule.check(app.tasks)
        database = Database(database_url(settings), connections=connections)
        runtime = cls._of(settings, database, keyring, clock or Clock(), apps)
        archive = Archive(keyring, runtime.keeps_messages) if settings.ai_keep_messages else None
        terms = Terms(
            output_max=settings.ai_max_output_tokens,
            budget_patience=timedelta(days=settings.ai_budget_wait_days),
            limits=limits_of(settings.ai_limits),
            archive=archive,
        )
        ledger_of(database, runtime.clock, terms)
        await database.open()
        try:
            yield runtime
        finally:
            await runtime.models.close()
            await database.close()

    @classmethod
    def unconnected(cls, settings: Settings, apps: Sequence[App]) -> Runtime:
        """Return a runtime whose database is never asked: enough to describe the API of its apps."""
        database = Database("postgresql:///")
        return cls._of(settings, database, cache(lambda: Keyring.of(settings)), Clock(), apps)

    @classmethod
    def _of(  # noqa: PLR0917 - the parts of a runtime
        cls, settings: Settings, database: Database, keyring: Callable[[], Keyring], clock: Clock, apps: Sequence[App]
    ) -> Runtime:
        from headrace.ai.models import Models

        models = Models(settings, configured=Configured(database, keyring))
        return cls(settings, database, clock, Wakeups(database), tuple(apps), models)

    @cached_property
    def keyring(self) -> Keyring:
        """The installation's secret keys; `SettingsError` if they can't be read or made."""
        return Keyring.of(self.settings)

    @cached_property
    def addresses(self) -> Addresses:
        """What makes and knows the URLs of callbacks."""
        return Addresses(self.keyring, self.settings.public_url or self.settings.address)

    @cached_property
    def scheduler(self) -> Scheduler:
        """What declares and fires the apps' schedules."""
        rules = [rule for app in self.apps for rule in app.schedules.values()]
        return Scheduler(self.database, tasks=self.tasks, apps=[app.name for app in self.apps], rules=rules)

    @property
    def duties(self) -> tuple[Duty, ...]:
        """The upkeep that every process offers to do."""
        sealing = (reseal_duty(lambda: self.keyring), self._tidying)
        return (*DUTIES, retention.duty(Policy.of(self.settings)), *self.scheduler.duties, LEDGER, ANSWERS, *sealing)

    @property
    def _tidying(self) -> Duty:
        kept = timedelta(days=self.settings.keep_audit_days) or None

        async def run_once(conn: Connection, now: datetime | None) -> Done:
            return Done(await tidy(conn, self.keyring, now, audit_kept=kept))

        return Duty("accounts", 600.0, 7_241, run_once)

    @property
    def tasks(self) -> dict[str, Task[Any, Any]]:
        """Every registered task by its name."""
        return {name: task for app in self.apps for name, task in app.tasks.items()}

    def task(self, name: str) -> Task[Any, Any]:
        """Return a registered task; `NotFound` names those there are."""
        try:
            return self.tasks[name]
        except KeyError:
            raise NotFound(f"There is no task {name!r}; there are {', '.join(sorted(self.tasks)) or 'none'}") from None

    def keeps_messages(self, task: str) -> bool:
        """Whether the messages of a task's AI calls may be kept: not those of one whose input is sensitive."""
        known = self.tasks.get(task)
        return known is not None and not known.has_sensitive_input

    def targets_of(self, task: Task[Any, Any]) -> list[str]:
        """Return what another process may load, the first that can be, to find a task.

        That is where its app was loaded from, else the module of its function.
        """
        source = next((app.source for app in self.apps if app.tasks.get(task.name) is task), None)
        if source is not None:
            return [source]
        module = sys.modules[task.function.__module__]
        name = [] if module.__name__ == "__main__" else [module.__name__]
        return name + ([module.__file__] if module.__file__ else [])


def database_url(settings: Settings) -> str:
    """Return the URL of the database; raises `SettingsError` if none is set."""
    if settings.database_url is None:
        raise SettingsError("HEADRACE_DATABASE_URL is not set; start with `headrace up`, or set it")
    return settings.database_url.get_secret_value()


def load_apps(targets: Sequence[str] = ()) -> list[App]:
    """Return the apps of the given files or modules; with none given, those that installed packages announce.

    Packages announce an app by an entry point of the group `headrace.apps`. Raises `SettingsError` naming the target.
    """
    found = (
        [app for target in targets for app in _apps_in(_load(target), target)]
        if targets
        else [_from(entry.load(), entry.module) for entry in entry_points(group="headrace.apps")]
    )
    apps = {app.name: app for app in found}
    if len(apps) != len({id(app) for app in found}):
        raise SettingsError("Two apps have the same name; rename one")
    return sorted(apps.values(), key=lambda app: app.name)


def _load(target: str) -> ModuleType:
    try:
        if not target.endswith(".py"):
            return importlib.import_module(target)
        path = Path(target).resolve(strict=True)
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[path.stem] = module
        sys.path.insert(0, str(path.parent))
        spec.loader.exec_module(module)
    except (ImportError, OSError) as error:
        raise SettingsError(f"{target} can't be loaded: {error}") from error
    return module


def _apps_in(module: ModuleType, target: str) -> list[App]:
    source = str(Path(target).resolve()) if target.endswith(".py") else target
    apps = [_from(value, source) for value in vars(module).values() if isinstance(value, App)]
    if not apps:
        raise SettingsError(f"{target} defines no headrace.App")
    return apps


def _from(app: App, source: str) -> App:
    app.source = source
    return app
