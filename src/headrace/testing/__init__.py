"""The testing kit: pytest fixtures over a real PostgreSQL, in the test's own process.

Installed with Headrace as a pytest plugin. A test that asks for `runtime` gets a database of its own (a copy of a migrated
template, on one embedded server for the whole run); override the fixture `apps` with your own:

    @pytest.fixture
    def apps():
        return [my_tasks.app]

    @pytest.mark.anyio
    async def test_doubles(submit, drain, job):
        job_id = await submit(my_tasks.double, {"n": 21})
        await drain()
        assert (await job(job_id))["result"] == 42

Fixtures: `apps`, `settings`, `clock` (a `Clock` to `advance`), `runtime`, `submit`, `drain` (run everything that is ready,
in this process), `answer` (what a job waits for), `job` (a job's row), `client` (HTTP through the app), `provider` (a fake
AI provider that speaks the wire protocol). `pytest --headrace-postgres=16` runs them on PostgreSQL 16.
"""
