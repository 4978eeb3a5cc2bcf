"""The tasks: what there is to submit, and one typed operation to submit each."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field, JsonValue, SkipValidation, TypeAdapter, create_model
from pydantic.errors import PydanticInvalidForJsonSchema
from starlette.responses import Response

from headrace.accounts.permission import Permission
from headrace.jobs.task import Task
from headrace.jobs.views import PREFIX, AcceptedJob
from headrace.web.gate import CurrentPrincipal, needs
from headrace.web.hatch import HatchRoute
from headrace.web.idempotency import Idempotency
from headrace.web.intake import CurrentIntake
from headrace.web.owning import owned
from headrace.web.runtime import CurrentRuntime
from headrace.web.submission import SubmitOptions

_NO_INPUT: Any = Field(None, examples=[None], description="This task takes no input.")


class TaskView(BaseModel):
    """A task: a registered Python function with typed input and output."""

    name: str
    queue: str
    description: str
    executor: str
    attempts: int = Field(description="Failed runs until a job fails.")
    timeout_seconds: float = Field(description="Bounds one run.")
    priority: int
    input_schema: dict[str, JsonValue] | None = Field(description="JSON Schema; null when the task takes no input.")
    output_schema: dict[str, JsonValue]
    links: dict[str, str]


def task_router(tasks: Mapping[str, Task[Any, Any]]) -> APIRouter:
    """Return the routes of the registered tasks."""
    router = APIRouter(tags=["tasks"], dependencies=[needs(Permission.JOBS_READ, to_change=Permission.JOBS_WRITE)])

    @router.get("/tasks", operation_id="list_tasks")
    async def list_tasks() -> list[TaskView]:
        """List the tasks with the JSON Schemas of their input and output."""
        return [_view(task) for _, task in sorted(tasks.items())]

    @router.get("/tasks/{name}", operation_id="show_task")
    async def show_task(name: str, runtime: CurrentRuntime) -> TaskView:
        """Show one task."""
        return _view(runtime.task(name))

    for name, task in sorted(tasks.items()):
        router.add_api_route(
            f"/tasks/{name}/jobs",
            _submitter(task),
            methods=["POST"],
            status_code=202,
            response_model=AcceptedJob,
            operation_id=f"submit_{name.replace('.', '_')}",
            summary=f"Submit {name}",
            description=task.description or None,
            route_class_override=HatchRoute,
        )

    # after the typed ones: what gets here names a task that is not there
    @router.post("/tasks/{name}/jobs", include_in_schema=False)
    async def submit_unknown(name: str, runtime: CurrentRuntime) -> None:
        runtime.task(name)

    return router


def _submitter(task: Task[Any, Any]) -> Callable[..., Awaitable[Response]]:
    """Return the route of one task. The body's model tells OpenAPI the input's type; the task itself checks it."""
    model = _body_model(task)

    async def submit(
        body: SubmitOptions,
        principal: CurrentPrincipal,
        *,
        runtime: CurrentRuntime,  # noqa: ARG001 - as all routes of the hatch
        intake: CurrentIntake,
        once: Idempotency,
    ) -> Response:
        value = getattr(body, "input", None)
        return await intake.accept(lambda: task.submission(value, **owned(principal, body.asked())), once)

    submit.__annotations__["body"] = model
    return submit


def _body_model(task: Task[Any, Any]) -> type[SubmitOptions]:
    name = "Submit" + "".join(part.title() for part in task.name.replace(".", "_").split("_"))
    if task.input_type is None:
        return create_model(name, __base__=SubmitOptions, input=(None | dict[str, JsonValue], _NO_INPUT))
    documented: Any = Annotated[task.input_type, SkipValidation] if _schema(task.input_adapter) else JsonValue
    return create_model(name, __base__=SubmitOptions, input=(documented, ...))


def _view(task: Task[Any, Any]) -> TaskView:
    own = f"{PREFIX}/tasks/{task.name}"
    return TaskView(
        name=task.name,
        queue=task.queue,
        description=task.description,
        executor=task.executor,
        attempts=task.retry.attempts,
        timeout_seconds=task.timeout.total_seconds(),
        priority=task.priority,
        input_schema=_schema(task.input_adapter) if task.input_type is not None else None,
        output_schema=_schema(task.output_adapter),
        links={"self": own, "jobs": f"{own}/jobs"},
    )


def _schema(adapter: TypeAdapter[Any]) -> dict[str, JsonValue]:
    try:
        return adapter.json_schema()
    except PydanticInvalidForJsonSchema:  # such a type still works, it only can't be described
        return {}
