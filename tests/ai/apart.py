"""Tasks that ask models from processes of their own."""

from datetime import timedelta

from pydantic import BaseModel, Field

from headrace import App, Retry, SyncJob

app = App("apart")
ONCE = Retry(attempts=1)
CHAIN = ("openai:first", "openai:second")


class City(BaseModel):
    name: str
    people: int = Field(ge=0)


@app.task(executor="process", retry=ONCE)
def write_apart(job: SyncJob) -> str:
    return job.ai.text("Say hello")


@app.task(executor="process", retry=ONCE)
def look_up_apart(job: SyncJob) -> City:
    return job.ai.extract("Which city?", City, model=list(CHAIN))


@app.task(executor="process", retry=ONCE)
def look_up_once(job: SyncJob) -> City:
    return job.ai.extract("Which city?", City, cache=timedelta(hours=1))
