"""kill -9 among families: no parent is left waiting, no child is made twice, and a cancel reaches the last of them."""

import random

ENDED = "SELECT count(*) FROM headrace.jobs WHERE finished_at IS NOT NULL"
UNFINISHED = "SELECT count(*) FROM headrace.jobs WHERE finished_at IS NULL"
STRAY = "SELECT count(*) FROM headrace.job_calls WHERE children_left <> 0 OR is_due"
OPEN = "SELECT count(*) FROM headrace.waits WHERE state = 'open'"


def test_parents_get_all_results_however_often_workers_are_killed(crew):
    parents = crew.submit("family", 25, count=20)
    members = [crew.start(), crew.start()]
    luck = random.Random(11)
    for n in range(4):
        target = crew.one(ENDED) + luck.randint(20, 80)
        crew.until(lambda target=target: crew.one(ENDED) >= target)
        victim = members[n % 2]
        victim.kill()
        crew.bury(victim)
        members[n % 2] = crew.start()
    crew.until(lambda: crew.one(UNFINISHED) == 0, 60)
    assert crew.counts() == {"completed": 20 * 26}
    assert {crew.row(parent)["result"] for parent in parents} == {sum(n * n for n in range(25))}
    crew.until(lambda: crew.one(STRAY) == 0)
    assert crew.one(OPEN) == 0


def test_a_cancel_reaches_every_level_though_workers_die_on_the_way(crew):
    members = [crew.start(), crew.start()]
    roots = crew.submit("dynasty", crew.gate, count=5)
    crew.until(lambda: sum(what == "two" for _, what, _ in crew.effects()) == 5 * 6)
    for root in roots:
        crew.cancel(root)
    members[0].kill()
    crew.bury(members[0])
    crew.start()
    crew.until(lambda: crew.one(UNFINISHED) == 0, 60)
    assert crew.counts() == {"cancelled": 5 * 9}
    crew.until(lambda: crew.one(STRAY) == 0)
    assert crew.one(OPEN) == 0
