"""What goes wrong for the articles: their own mistakes, and those of providers."""

from __future__ import annotations

from datetime import timedelta

from headrace.demo import Fault, Frame

_EXTRACT = Frame("headrace/ai/ai.py", 92, "extract", "return await self._ask(question, read)")
_ASK = Frame(
    "headrace/ai/persistence.py", 75, "ask", 'return await _repaired(question, await models.route(name), "first")'
)
_PLAN = Frame(
    "headrace_apps/articles/drafting.py",
    24,
    "plan_article",
    'plan = await job.ai.extract(asked, _outline_of(brief.sections), system=prompts.editor(brief), name="outline")',
)
_SECTION = Frame("headrace_apps/articles/drafting.py", 33, "write_section", "text = await job.ai.text(")
_ENRICH = Frame(
    "headrace_apps/articles/describing.py",
    42,
    "enrich_article",
    'enriched = await job.transaction("store", _store, article_id, reading.version, tidy, returns=ArticleEnriched)',
)

RATE_LIMITED = Fault(
    "ai_rate_limited",
    "{model} wants fewer requests (429): Rate limit reached for tokens per minute. Try again in 18 s",
    "headrace.ai.errors.RateLimited",
    (_SECTION, _ASK),
    timedelta(seconds=18),
)
OVERLOADED = Fault(
    "ai_provider_failed",
    "{model} failed (529): Overloaded",
    "headrace.ai.errors.ProviderFailed",
    (_SECTION, _ASK),
)
NO_MODEL = Fault("ai_model_not_found", "There is no model {model} for this key (404)")
STREAM_CUT = Fault(
    "ai_stream_cut",
    "The connection to {model} ended in the middle of the answer",
    "headrace.ai.errors.StreamCut",
    (_SECTION, _ASK),
)
MALFORMED = Fault(
    "ai_malformed_answer",
    "{model} did not answer as asked, also when asked again: sections: Field required",
    "headrace.ai.errors.MalformedAnswer",
    (_PLAN, _EXTRACT, _ASK),
)
REFUSED = Fault(
    "ai_answer_refused",
    "The content filter of {model} stopped the answer",
    "headrace.ai.errors.AnswerRefused",
    (_SECTION, _ASK),
)
TIMEOUT = Fault("timeout", "The run took longer than the task's timeout of 600 s.")
EDITED = Fault(
    "permanent",
    "Article {article} was changed meanwhile: it is at version {version} now. Ask for the enrichment again.",
    "headrace.errors.PermanentError",
    (_ENRICH, Frame("headrace_apps/articles/describing.py", 68, "_store", "raise PermanentError(…) from error")),
)
DEADLOCK = Fault(
    "exception",
    "deadlock detected\nDETAIL:  Process {one} waits for ShareLock on transaction {two}; blocked by process {three}.",
    "psycopg.errors.DeadlockDetected",
    (_ENRICH, Frame("headrace/context.py", 148, "transaction", "return await run_transaction(self._run, call)")),
)
NO_HEADING = Fault(
    "exception",
    "'NoneType' object has no attribute 'casefold'",
    "builtins.AttributeError",
    (
        Frame(
            "headrace_apps/articles/writing.py", 31, "write_article", 'draft = await job.step("assemble", assemble, …)'
        ),
        Frame(
            "headrace_apps/articles/assembly.py",
            24,
            "assemble",
            "parts.append(_without_heading(text, section.heading))",
        ),
        Frame(
            "headrace_apps/articles/assembly.py",
            72,
            "_without_heading",
            "repeats = found[1].casefold() == heading.casefold()",
        ),
    ),
)
CANCELLED = Fault("cancelled", "Cancelled while the model answered")
RAW = (
    "Sure! Here is a wonderful outline for your article:\n\n1. An introduction that draws the reader in\n2. The history, "
    "told with charm\n3. A surprising fact about [TOPIC]\n4. A conclusion\n\nWould you like me to write the first part?"
)
"""An answer that is not the JSON it should be."""
