"""Declaring tasks: what an app refuses."""

import pytest

from headrace import App, Job


def test_a_rule_that_no_task_has_is_refused_by_its_name():
    app = App("demo")
    with pytest.raises(TypeError, match=r"takes no attempts; it takes .*retry"):

        @app.task(attempts=1)
        async def grind(job: Job) -> None: ...
