"""One run in a child process, on the worker's side: what the job asks for is done and written here, under its fence."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, assert_never

from headrace.ai.models import Models
from headrace.ai.provider import Answer, Reading
from headrace.context import Job
from headrace.errors import ProcessDied
from headrace.jobs.halt import Parked, Unwind
from headrace.jobs.job import Ending, Outcome
from headrace.jobs.journal import Entry
from headrace.jobs.run import Run
from headrace.jobs.task import Task
from headrace.json import Json, encode, parse
from headrace.log import get_logger
from headrace.worker import wire
from headrace.worker.child import Child
from headrace.worker.fault import error_of, fault_of
from headrace.worker.means import Means
from headrace.worker.outcome import failed, release, timed_out, unfinished

log = get_logger(__name__)

# How long a process that was told to stop may take to reach its next `job.*` call before it is killed.
PROCESS_GRACE = 1.0
TRIES = 3

_numbers = itertools.count(1)


async def execute_in_process(run: Run, task: Task[Any, Any], value: Json, means: Means) -> Outcome | None:
    """Run a job in a child process; `None` if the lease was lost and nothing may be written."""
    tries = 0
    while True:
        tries += 1
        try:
            run.halt.check()
            async with means.children.lend(task) as child:
                errand = Errand(run, task, child, means.models)
                return await errand.carry_out(value)
        except _NotBegun as error:
            if tries == TRIES:
                return unfinished(run, task, ProcessDied(str(error)))
            run.deadline = float("inf")  # it may wait for a process again
        except BaseException as error:  # noqa: BLE001 - whatever happens is an outcome
            return unfinished(run, task, error)


class _NotBegun(Exception):
    """The process ended before it looked at the job: it had died while it was idle."""


class Errand:
    """A conversation with a child about one run."""

    def __init__(self, run: Run, task: Task[Any, Any], child: Child, models: Models) -> None:
        """Prepare to run in `child`."""
        self._run = run
        self._task = task
        self._child = child
        self._models = models
        self._number = next(_numbers)
        self._has_begun = False
        self._asking: set[asyncio.Task[None]] = set()
        self._reading: dict[int, asyncio.Future[wire.Read | wire.Fault]] = {}

    async def carry_out(self, value: Json) -> Outcome | None:
        """Start the job and serve it to its end, which the task's timeout brings if nothing else does."""
        run, seconds = self._run, self._task.timeout.total_seconds()
        run.deadline = time.monotonic() + seconds
        limit = asyncio.timeout(seconds)
        self._child.is_fit = False
        try:
            async with limit:
                self._child.send(self._start(value))
                return self._outcome(await self._serve())
        except (TimeoutError, asyncio.CancelledError):
            run.halt.now("timeout")  # unless a reason is there already: then somebody else ended the run
            return await self._stop()
        except ProcessDied as error:
            if not self._has_begun:
                raise _NotBegun(str(error)) from None
            log.warning("process.died", job_id=str(run.id), task=self._task.name, how=str(error))
            memory = self._task.memory_mib
            more = f". Its memory limit is {memory} MiB" if memory else ""
            return unfinished(run, self._task, ProcessDied(f"{error}{more}"), stopped="killed")
        finally:
            await self._hush()

    def _start(self, value: Json) -> wire.Start:
        claimed = self._run.claimed
        steps, last_event = self._run.history
        return wire.Start(
            errand=self._number,
            job_id=self._run.id,
            fence=claimed.lease.fence,
            task=claimed.task,
            queue=claimed.queue,
            run=claimed.run,
            failures=claimed.failures,
            attempts=claimed.attempts,
            owner=claimed.owner,
            planned_at=claimed.planned_at,
            input=encode(self._task.opened(value)),
            steps=steps,
            waits=list(self._run.waits.values()),
            last_event=last_event,
            memory_mib=self._task.memory_mib,
        )

    async def _serve(self) -> wire.Ending:
        while True:
            report = await self._child.receive()
            if isinstance(report, wire.Parked):
                self._run.halt.parked_on |= set(report.waits)
                self._run.halt.is_parked = True
            if isinstance(report, (wire.Returned, wire.Raised, wire.Parked, wire.Unwound)):
                self._child.is_fit = not (isinstance(report, wire.Raised) and report.is_spent)
                return report
            self._hear(report)

    def _hear(self, report: wire.Loaded | wire.Began | wire.Told | wire.Request | wire.Reading) -> None:
        match report:
            case wire.Began():
                self._has_begun = True
            case wire.Told() | wire.Finished() | wire.Addressing() | wire.Question():
                if report.errand == self._number:
                    self._do(report)
            case wire.Read() | wire.Fault():
                reading = self._reading.pop(report.id, None)
                if reading is not None and not reading.done():
                    reading.set_result(report)
            case wire.Loaded():
                raise ProcessDied("The job's process spoke out of turn")
            case _:
                assert_never(report)

    def _do(self, report: wire.Told | wire.Request) -> None:
        match report:
            case wire.Told():
                self._run.post(report.events)
            case wire.Finished():
                self._meanwhile(self._store(report))
            case wire.Addressing():
                self._meanwhile(self._make_address(report))
            case wire.Question():
                self._meanwhile(self._ask(report))
            case _:
                assert_never(report)

    async def _stop(self) -> Outcome | None:
        """Let the code unwind at its next `job.*` call, or kill it after the grace."""
        reason = self._run.halt.reason
        self._child.send(wire.Unwinds(reason))
        report: wire.Ending | None = None
        try:
            async with asyncio.timeout(PROCESS_GRACE):
                report = await self._serve()
        except (TimeoutError, asyncio.CancelledError, ProcessDied):
            self._child.kill()
        if self._run.halt.reason == "timeout":
            return timed_out(self._run, self._task, "" if report else "; its process was killed")
        if isinstance(report, wire.Returned) and self._run.halt.reason != "lease":
            return self._completed(report)
        return unfinished(self._run, self._task, Unwind(reason), stopped="unwound" if report else "killed")

    def _outcome(self, report: wire.Ending) -> Outcome | None:
        match report:
            case wire.Returned():
                return self._completed(report)
            case wire.Raised(delay=float(delay), is_free=True) if self._run.halt.reason is None:
                return release(self._run.claimed, timedelta(seconds=delay))
            case wire.Raised(failure, delay) if self._run.halt.reason is None:
                return failed(self._run, failure, None if delay is None else timedelta(seconds=delay))
            case _:
                return unfinished(self._run, self._task, Unwind("stop"))

    def _completed(self, report: wire.Returned) -> Outcome:
        return Outcome(lease=self._run.lease, ending=Ending.COMPLETED, result=report.result)

    # -- what the job asks for -----------------------------------------------------------------------------------------

    def _meanwhile(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _hush(self) -> None:
        asking = list(self._asking)
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    async def _store(self, finished: wire.Finished) -> None:
        try:
            entry = Entry(self._run.lease, finished.events, finished.steps, waits=finished.waits)
            is_stored = await self._run.keep(entry)
            self._run.waits = {**self._run.waits, **{wait.name: wait.stored for wait in finished.waits}}
            self._child.send(wire.Stored(finished.id, is_stored))
        except Exception as error:  # noqa: BLE001 - PostgreSQL refused the step; the job has to hear of it
            self._child.send(fault_of(finished.id, error))

    async def _make_address(self, asked: wire.Addressing) -> None:
        try:
            self._child.send(
                wire.Addressed(asked.id, *await self._run.journal.callback_url(asked.number, asked.sealed))
            )
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the key, the job has to hear of it
            self._child.send(fault_of(asked.id, error))

    async def _ask(self, question: wire.Question) -> None:
        from headrace.ai import asking
        from headrace.ai.admission import BudgetSpent
        from headrace.ai.affording import wait_for_money

        async def read(answer: Answer, who: str) -> Reading:
            self._child.send(wire.Answered(question.id, asking.ANSWER.dump_json(answer), who))
            reading = self._reading[question.id] = asyncio.get_running_loop().create_future()
            report = await reading
            if isinstance(report, wire.Fault):
                raise error_of(report)
            return Reading(parse(report.value), report.is_mended)

        job = Job(self._run, self._models)
        try:
            request = asking.REQUEST.validate_json(question.request)
            try:
                with self._run.in_step(question.step):
                    asked = await self._models.ask(job, question.asking, request, read)
            except BudgetSpent as hit:
                await wait_for_money(job, hit)
            self._child.send(wire.Settled(question.id, asking.ASKED.dump_json(asked)))
        except Parked:
            self._child.send(wire.Unwinds("stop"))
        except Exception as error:  # noqa: BLE001 - whatever went wrong is the job's to handle
            self._child.send(fault_of(question.id, error))
