"""The OpenAPI file: a typed operation for each task, one form of error, and no route twice."""

import re

import pytest
from httpx2 import ASGITransport, AsyncClient

from headrace.ids import new_id
from headrace.web.app import create_app

pytestmark = pytest.mark.anyio


@pytest.fixture
async def document(client) -> dict:
    return (await client.get("/api/v1/openapi.json")).json()


def resolve(document: dict, schema: dict) -> dict:
    return document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]


async def test_every_task_has_a_typed_operation(document):
    assert document["openapi"].startswith("3.1")
    operation = document["paths"]["/api/v1/tasks/demo.write/jobs"]["post"]
    assert operation["operationId"] == "submit_demo_write"
    body = resolve(document, operation["requestBody"]["content"]["application/json"]["schema"])
    assert body["required"] == ["input"]
    fields = body["properties"]["input"]["properties"]
    assert fields["topic"]["maxLength"] == 200
    assert resolve(document, fields["tone"])["properties"]["warmth"]["maximum"] == 10
    assert "idempotency-key" in [parameter["name"].lower() for parameter in operation["parameters"]]


async def test_a_generated_client_has_good_names(document):
    """Each operation has one of its own, each answer and body a schema, and no two models share a name."""
    own = [path for name, path in document["paths"].items() if not name.startswith("/api/v1/demo/")]
    operations = [operation for path in own for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch("[a-z][a-z0-9]*(_[a-z0-9]+)*", name)] == []
    assert [name for name in document["components"]["schemas"] if "__" in name] == []
    for operation in operations:
        for answer in operation["responses"].values():
            schema = answer.get("content", {}).get("application/json", {}).get("schema")
            assert schema is None or "$ref" in schema or "$ref" in schema.get("items", {}), operation["operationId"]


async def test_errors_are_described_as_problems_everywhere(document):
    assert "HTTPValidationError" not in document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert "application/problem+json" in operation["responses"]["default"]["content"], path
            assert "422" not in operation["responses"], path


async def test_every_operation_says_who_may_do_it_and_the_gate_holds_it_to_that(document, runtime):
    """Whoever brings nothing gets in where the file asks for nothing, and nowhere else."""
    async with AsyncClient(transport=ASGITransport(create_app(runtime)), base_url="http://127.0.0.1:8000") as nobody:
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                answer = await nobody.request(method, re.sub("{.*?}", str(new_id()), path))
                assert (answer.status_code == 401) == bool(operation["security"]), (method, path, answer.text)


async def test_operations_name_the_permission_and_schemes_that_are_described(document):
    def needed(method, path):
        return document["paths"][path][method]["security"]

    assert needed("get", "/api/v1/jobs") == [{"bearer": ["jobs:read"]}, {"session": ["jobs:read"]}]
    assert needed("post", "/api/v1/jobs") == [{"bearer": ["jobs:write"]}, {"session": ["jobs:write"]}]
    assert needed("get", "/api/v1/auth/me") == [{"bearer": []}, {"session": []}]
    assert needed("post", "/api/v1/auth/login") == []
    schemes = document["components"]["securitySchemes"]
    assert {scheme: found["type"] for scheme, found in schemes.items()} == {"bearer": "http", "session": "apiKey"}


async def test_operation_ids_are_unique_words(document):
    ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    own = [id_ for id_ in ids if "demo_count" not in id_]
    assert len(set(ids)) == len(ids)
    assert {"submit_job", "list_jobs", "show_job", "cancel_job", "retry_job", "list_tasks", "list_workers"} <= set(own)


async def test_every_reference_in_the_document_leads_somewhere(document):
    schemas = document["components"]["schemas"]
    missing = [name for name in _references(document) if name.removeprefix("#/components/schemas/") not in schemas]
    assert missing == []


def _references(node: object) -> list[str]:
    match node:
        case {"$ref": str(name)}:
            return [name]
        case dict():
            return [name for child in node.values() for name in _references(child)]
        case list():
            return [name for child in node for name in _references(child)]
        case _:
            return []
