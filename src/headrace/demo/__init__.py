"""A believable week of work, told for demonstrations: what `headrace demo` makes, and what apps tell their part with.

An app declares `App(..., demo="my_app.demo:tell")`; `tell(week)` begins jobs with `week.submit`, tells by the verbs of
`Tale` and the functions below what became of each, and keeps them with `week.keep`.
"""

from headrace.demo.asking import Question, ask, begin_answer, stumble
from headrace.demo.fault import Fault, Frame
from headrace.demo.pauses import answered, call, call_many, child_failure, wait_for
from headrace.demo.tale import Tale
from headrace.demo.week import Week
from headrace.jobs.job import Failure

__all__ = [
    "Failure",
    "Fault",
    "Frame",
    "Question",
    "Tale",
    "Week",
    "answered",
    "ask",
    "begin_answer",
    "call",
    "call_many",
    "child_failure",
    "stumble",
    "wait_for",
]
