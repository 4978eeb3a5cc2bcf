"""What is kept in sums, held against the rows that it sums up."""

from __future__ import annotations

FINAL = ("completed", "failed", "cancelled")


async def check_counters(rows):
    """Ends of jobs and bytes as counted are those of the jobs; runs that ended otherwise, those of the runs."""
    totals = "shard = ANY ('{-2,0,1,2,3,4,5,6,7}')"
    counted = await rows(
        f"SELECT task, queue, outcome, sum(jobs)::bigint, sum(bytes)::bigint FROM headrace.counters WHERE {totals} "
        "AND outcome = ANY (%s) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        list(FINAL),
    )
    there = await rows(
        "SELECT task, queue, state, count(*), sum(headrace.bytes_of(stored_bytes, input_size, result))::bigint "
        "FROM headrace.jobs WHERE finished_at IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )
    assert counted == there
    assert there
    parted = await rows(
        f"SELECT outcome, sum(jobs)::bigint FROM headrace.counters WHERE {totals} AND outcome <> ALL (%s) "
        "GROUP BY 1 ORDER BY 1",
        list(FINAL),
    )
    assert parted == await rows(
        "SELECT CASE outcome WHEN 'failed' THEN 'retried' ELSE outcome END, count(*) FROM headrace.job_runs "
        "GROUP BY 1 ORDER BY 1"
    )
    hours = await rows("SELECT sum(jobs), sum(bytes) FROM headrace.counters WHERE shard = -1")
    assert hours == await rows("SELECT sum(jobs), sum(bytes) FROM headrace.counters WHERE shard = -2")


async def check_labels(rows):
    """Each job lies in a span of its task and of its queue, and has its labels."""
    for column in ("task", "queue"):
        label = f"'{column}:' || j.{column}"
        lost = await rows(
            f"SELECT 1 FROM headrace.jobs AS j WHERE NOT EXISTS (SELECT FROM headrace.job_spans AS s "
            f"WHERE s.label = {label} AND headrace.millis_of(j.id) BETWEEN s.first_ms AND s.last_ms)"
        )
        assert not lost
    assert await rows("SELECT count(*) FROM headrace.job_labels") == await rows(
        "SELECT count(*) FROM headrace.jobs AS j CROSS JOIN LATERAL headrace.labels_of(j.owner, j.tags)"
    )


async def check_spend(rows):
    """Sums by day, by job and of all time are those of the calls."""
    of_calls = await rows(
        "SELECT provider, model, count(*), count(*) FILTER (WHERE state = 'error'), sum(input_tokens)::bigint, "
        "count(*) FILTER (WHERE state = 'ok'), count(first_token_ms), count(*) FILTER (WHERE rung IN ('again', 'mended')), "
        "sum(output_tokens)::bigint, sum(cost_nano_usd)::bigint FROM headrace.ai_calls WHERE state <> 'open' "
        "GROUP BY 1, 2 ORDER BY 1, 2"
    )
    assert of_calls
    for days in ("day = '1970-01-01'", "day > '1970-01-01'"):
        assert of_calls == await rows(
            "SELECT provider, model, sum(calls)::bigint, sum(failed)::bigint, sum(input_tokens)::bigint, "
            "sum(answers)::bigint, sum(begun)::bigint, sum(repairs)::bigint, "
            f"sum(output_tokens)::bigint, sum(cost_nano_usd)::bigint FROM headrace.ai_spend CROSS JOIN LATERAL "
            "(SELECT coalesce(sum(t & 4294967295) FILTER (WHERE t >> 32 < 64), 0) AS answers, "
            "coalesce(sum(t & 4294967295) FILTER (WHERE t >> 32 >= 64), 0) AS begun FROM unnest(times) AS t) AS timed "
            f"WHERE {days} "
            "GROUP BY 1, 2 ORDER BY 1, 2"
        )
    assert not await rows(
        "SELECT 1 FROM headrace.jobs AS j LEFT JOIN LATERAL (SELECT sum(cost_nano_usd) AS cost FROM headrace.ai_calls "
        "WHERE job_id = j.id AND state <> 'open') AS c ON true WHERE coalesce(j.cost_nano_usd, 0) <> coalesce(c.cost, 0)"
    )
