"""Every route for every role: what nobody, a viewer, a member, an operator, an admin and a key may; and another's things.

The table is the code's own declarations, held here against what each role is to have; the answers come over HTTP.
"""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from fastapi.routing import APIRoute, APIWebSocketRoute, iter_route_contexts
from httpx2 import ASGITransport, AsyncClient

from headrace import App, Job
from headrace.accounts import session
from headrace.accounts.password import hash_password
from headrace.accounts.permission import Permission, Role, granted
from headrace.accounts.session import Origin
from headrace.db.execute import execute
from headrace.ids import new_id
from headrace.runtime import load_apps
from headrace.web.app import create_app
from headrace.web.gate import gate_of

pytestmark = pytest.mark.anyio

app = App("demo")
SOMEWHERE = Origin("127.0.0.1", "test")
# What may be reached without being known, and nothing else.
OPEN = {
    "GET /healthz",
    "GET /readyz",
    "GET /health",
    "GET /docs",
    "GET /sw.js",
    "GET /read",
    "GET /read/style-{digest}.css",
    "GET /read/{slug}",
    "GET /.well-known/security.txt",
    "POST /api/v1/callbacks/{token}",
    "GET /api/v1/auth/options",
    "POST /api/v1/auth/setup",
    "POST /api/v1/auth/register",
    "POST /api/v1/auth/login",
    "POST /api/v1/auth/logout",
    "POST /api/v1/auth/tokens",
    "POST /api/v1/auth/refresh",
    "POST /api/v1/auth/links",
    "POST /api/v1/auth/reset",
    "GET /api/v1/auth/oidc",
    "GET /api/v1/auth/oidc/callback",
    "WebSocket /api/v1/live",
}
ROLES = (*Role, "nobody")


@app.task
async def rest(job: Job) -> None:
    await job.wait_for("answer", str)


@pytest.fixture
def apps():
    return [app, *load_apps(["headrace_apps.articles"])]


@pytest.fixture
def web(runtime):
    return create_app(runtime)


@pytest.fixture
async def asking(web, runtime, make_user):
    """A client for each role, signed in by a session's cookie."""
    clients, password = {}, await hash_password("seven mill wheels turn")
    for role in Role:
        user = await make_user(f"{role}@example.com", role, password_hash=password)
        async with runtime.database.transaction() as conn:
            _, token = await session.begin_browser(conn, user.user_id, SOMEWHERE, now=runtime.clock.now)
        clients[role] = AsyncClient(
            transport=ASGITransport(app=web),
            base_url="http://127.0.0.1:8000",
            headers={"Cookie": f"headrace={token}", "Sec-Fetch-Site": "same-origin"},
        )
        clients[role].user_id = user.user_id
    clients["nobody"] = AsyncClient(transport=ASGITransport(app=web), base_url="http://127.0.0.1:8000")
    yield clients
    for client in clients.values():
        await client.aclose()


def routes(web):
    """Each route's method and path with what it declares."""
    found = {}
    for route in iter_route_contexts(web.routes):
        if isinstance(route.original_route, APIWebSocketRoute):
            found[f"WebSocket {route.path}"] = gate_of(route)
        elif isinstance(route.original_route, APIRoute):
            for method in route.methods:
                found[f"{method} {route.path}"] = gate_of(route)
    return found


def needed(method, gate):
    return gate.to_change if gate.to_change is not None and method != "GET" else gate.permission


def filled(path):
    """An address under which there is nothing."""
    path = path.replace("{article_id}", str(new_id())).replace("{version}", "1")
    path = re.sub(r"\{\w+_id\}", str(new_id()), path)
    return re.sub(r"\{\w+(:path)?\}", "nothing", path)


async def test_what_nobody_may_reach_is_a_list_and_every_other_route_declares_its_need(web):
    found = routes(web)
    assert [path for path, gate in found.items() if gate is None] == []
    open_ = {path for path, gate in found.items() if gate.permission is None and not gate.is_known}
    assert open_ == OPEN


async def test_every_route_refuses_who_lacks_its_permission_and_no_one_else(web, asking):
    wrong = []
    for path, gate in routes(web).items():
        method, _, where = path.partition(" ")
        if method == "WebSocket" or path in OPEN or where.endswith("/stream"):
            continue
        need = needed(method, gate)
        for role in ROLES:
            answer = await asking[role].request(method, filled(where), json=None if method == "GET" else {})
            may = role != "nobody" and (need is None or need in granted(role))
            is_refused = answer.status_code in {401, 403} and answer.json()["code"] in {"unauthorized", "forbidden"}
            if (
                is_refused is may
                or answer.status_code >= 500
                or (not may and role == "nobody") != (answer.status_code == 401)
            ):
                wrong.append((path, str(role), answer.status_code))
    assert wrong == []


@pytest.fixture
async def things(runtime, submit, drain):
    """A job of the operator's with a wait, a bulk action on it, an article and a planned brief."""

    async def make(owner):
        job_id = await submit(rest, owner=str(owner))
        await drain()
        names = {"job_id": job_id, "bulk_id": new_id(), "article_id": new_id(), "brief_id": new_id()}
        async with runtime.database.transaction() as conn:
            rows = await execute(conn, "SELECT id FROM headrace.waits WHERE job_id = %(job)s", {"job": job_id})
            names["wait_id"] = rows[0][0]
            await execute(
                conn,
                "INSERT INTO headrace.bulk_actions (id, action, state, wanted, place, total, done, skipped, created_at) "
                "VALUES (%(id)s, 'cancel', 'completed', %(wanted)s::jsonb, %(id)s, 0, 0, 0, now())",
                {"id": names["bulk_id"], "wanted": f'{{"owner": "{owner}"}}'},
            )
            await execute(
                conn,
                "INSERT INTO articles.articles (id, slug, title, summary, tags, body, reading_minutes, state, version, "
                "created_at, updated_at, sources, owner) VALUES (%(id)s, %(slug)s, 't', 's', '{}', 'b', 1, 'draft', 1, "
                "now(), now(), '[]', %(owner)s)",
                {"id": names["article_id"], "slug": f"a-{owner}", "owner": str(owner)},
            )
            await execute(
                conn,
                "INSERT INTO articles.planned_briefs (id, brief, created_at, failures, owner) "
                'VALUES (%(id)s, \'{"topic": "mills"}\', now(), 0, %(owner)s)',
                {"id": names["brief_id"], "owner": str(owner)},
            )
        return {**names, "key": f"a-{owner}"}

    return make


async def test_what_is_anothers_is_not_there_for_a_member_on_any_route(web, asking, things):
    foreign = await things(asking[Role.OPERATOR].user_id)
    wrong, tried = [], set()
    for path, gate in routes(web).items():
        method, _, where = path.partition(" ")
        named = [name for name in re.findall(r"\{(\w+)", where) if name in foreign]
        if not named or path in OPEN or needed(method, gate) not in granted(Role.MEMBER):
            continue
        tried.update(named)
        for name in named:
            where = where.replace(f"{{{name}}}", str(foreign[name]))
        answer = await asking[Role.MEMBER].request(method, filled(where), json=None if method == "GET" else {})
        if answer.status_code != 404:
            wrong.append((path, answer.status_code, answer.text[:80]))
    assert wrong == []
    assert tried == set(foreign)


async def test_every_path_parameter_of_a_member_is_one_whose_owner_is_looked_up(web):
    known = {"job_id", "wait_id", "bulk_id", "article_id", "brief_id", "key"}
    # of tasks, of oneself, of what is looked up itself
    others = {"name", "session_id", "key_id", "version", "link_id", "call_id"}
    for path, gate in routes(web).items():
        method, _, where = path.partition(" ")
        if path not in OPEN and (gate.is_known or needed(method, gate) in granted(Role.MEMBER)):
            assert set(re.findall(r"\{(\w+)", where)) <= known | others, path


LISTS = {
    "/api/v1/jobs": "id",
    "/api/v1/waits": "job_id",
    "/api/v1/bulk-actions": "id",
    "/api/v1/articles": "id",
    "/api/v1/articles/plan": "id",
}


async def test_lists_show_a_member_his_own_and_the_others_everything(asking, things):
    mine = await things(asking[Role.MEMBER].user_id)
    foreign = await things(asking[Role.OPERATOR].user_id)
    both = {str(value) for value in (*mine.values(), *foreign.values())}
    for path, column in LISTS.items():
        for role in Role:
            answer = await asking[role].get(path)
            assert answer.status_code == 200, (path, role)
            found = answer.json()
            items = found["items"] if isinstance(found, dict) else found
            ids = {item[column] for item in items} & both
            owned = {str(value) for value in mine.values()} if role is Role.MEMBER else both
            assert ids
            assert ids <= owned
            assert role is Role.MEMBER or len(ids) == 2, (path, role)


async def test_a_member_submits_for_himself_alone_and_his_keys_reach_nobody_elses_job(asking, job):
    member, operator = asking[Role.MEMBER], asking[Role.OPERATOR]
    body = {"task": "demo.rest", "unique_key": "k", "if_exists": "replace"}
    theirs = (await operator.post("/api/v1/jobs", json=body)).json()
    own = (await member.post("/api/v1/jobs", json=body)).json()
    assert theirs["created"]
    assert own["created"]
    assert own["id"] != theirs["id"]
    assert (await job(UUID(own["id"])))["owner"] == str(member.user_id)
    assert (await job(UUID(theirs["id"])))["owner"] == str(operator.user_id)
    answer = await member.post("/api/v1/jobs", json={**body, "owner": "somebody"})
    assert answer.status_code == 403
    batch = await member.post("/api/v1/jobs/batch", json={"jobs": [{"task": "demo.rest", "owner": "somebody"}]})
    assert batch.status_code == 403
    for path in ("/api/v1/jobs?owner=somebody", "/api/v1/ai/calls?owner=somebody", "/api/v1/ai/spend?owner=somebody"):
        assert (await member.get(path)).status_code == 403


async def test_a_kept_answer_is_its_askers_alone(asking):
    headers, body = {"Idempotency-Key": "same"}, {"task": "demo.rest"}
    answers = [
        await asking[role].post("/api/v1/jobs", json=body, headers=headers) for role in (Role.MEMBER, Role.OPERATOR)
    ]
    assert len({answer.json()["id"] for answer in answers}) == 2


async def test_a_bulk_action_of_a_member_takes_his_own_jobs(asking, things):
    member = asking[Role.MEMBER]
    answer = await member.post("/api/v1/bulk-actions", json={"action": "cancel", "filter": {}})
    assert answer.json()["filter"]["owner"] == str(member.user_id)


async def test_a_bulk_action_of_a_member_leaves_named_jobs_of_others_alone(asking, things):
    mine = await things(asking[Role.MEMBER].user_id)
    foreign = await things(asking[Role.OPERATOR].user_id)
    body = {"action": "cancel", "filter": {"id": [str(mine["job_id"]), str(foreign["job_id"])]}}
    answers = {
        role: await asking[role].post("/api/v1/bulk-actions", json=body) for role in (Role.MEMBER, Role.OPERATOR)
    }
    assert {role: answer.json()["total"]["count"] for role, answer in answers.items()} == {
        Role.MEMBER: 1,
        Role.OPERATOR: 2,
    }


async def test_an_answer_to_a_wait_is_signed_by_the_account(asking, things):
    mine = await things(asking[Role.MEMBER].user_id)
    path = f"/api/v1/waits/{mine['wait_id']}"
    answer = await asking[Role.MEMBER].put(f"{path}/answer", json={"answer": "yes", "by": "the pope"})
    assert answer.status_code == 200
    assert (await asking[Role.VIEWER].get(path)).json()["answered_by"] == "member@example.com"


async def test_a_refused_permission_stands_in_the_audit_log_once_a_minute(asking):
    for _ in range(3):
        assert (await asking[Role.VIEWER].get("/api/v1/admin/users")).status_code == 403
    found = (await asking[Role.ADMIN].get("/api/v1/admin/audit", params={"action": "request.refused"})).json()["items"]
    assert [entry["actor_name"] for entry in found] == ["viewer@example.com"]


async def test_permissions_of_roles_are_what_the_document_says():
    assert granted(Role.ADMIN) == set(Permission)
    assert granted(Role.OPERATOR) == set(Permission) - {Permission.ADMIN}
    assert not {permission for permission in granted(Role.VIEWER) if permission.endswith("write")}
    assert granted(Role.MEMBER) == {Permission.JOBS_READ, Permission.JOBS_WRITE, Permission.AI_READ}
    assert granted(Role.MEMBER, ["jobs:read", "admin"]) == {Permission.JOBS_READ}
