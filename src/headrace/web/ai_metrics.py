"""The ledger's figures for Prometheus."""

from headrace.ai.gauges import AiGauges
from headrace.observe.metrics import Family

NANO = 1e9
_OF = ("provider", "model")


def ai_families(gauges: AiGauges) -> list[Family]:
    """Return calls, tokens and cost by model, what is in use of limits, and what is left of budgets."""
    spend = [((row["provider"], row["model"]), row) for row in gauges.spend]
    calls = [
        ((*of, outcome), float(count))
        for of, row in spend
        for outcome, count in (
            ("ok", row["calls"] - row["failed"] - row["lost"] - row["cached"]),
            ("cached", row["cached"]),
            ("failed", row["failed"]),
            ("lost", row["lost"]),
        )
    ]
    tokens = [((*of, kind), float(row[f"{kind}_tokens"])) for of, row in spend for kind in ("input", "output")]
    cost = [(of, row["cost_nano_usd"] / NANO) for of, row in spend]
    in_use = [((row["name"],), float(row["in_use"])) for row in gauges.limits]
    left = [((budget.scope, str(budget.period)), budget.left_nano_usd / NANO) for budget in gauges.budgets]
    return [
        Family("counter", "headrace_ai_calls", "AI calls that ended.", (*_OF, "outcome"), calls),
        Family("counter", "headrace_ai_tokens", "Tokens they read and wrote.", (*_OF, "direction"), tokens),
        Family("counter", "headrace_ai_cost_usd", "What they cost.", _OF, cost),
        Family("gauge", "headrace_ai_limit_in_use", "AI calls that are open under a limit.", ("name",), in_use),
        Family("gauge", "headrace_ai_budget_left_usd", "What may still be reserved.", ("scope", "period"), left),
    ]
