"""The access list that lets one account search a folder."""

from __future__ import annotations

from headrace.db.server_acl import with_search

OWNER, USER, GROUP, MASK, OTHER, NONE = 0x01, 0x02, 0x04, 0x10, 0x20, 0xFFFFFFFF


def test_one_account_gets_search_and_nobody_else_gets_more() -> None:
    closed = {(OWNER, NONE): 7, (GROUP, NONE): 0, (OTHER, NONE): 0}
    assert with_search(closed, 42) == {**closed, (USER, 42): 1, (MASK, NONE): 1}


def test_rights_the_mask_held_back_stay_held_back() -> None:
    masked = {(OWNER, NONE): 7, (USER, 5): 7, (GROUP, NONE): 5, (MASK, NONE): 0, (OTHER, NONE): 0}
    granted = with_search(masked, 42)
    assert granted[USER, 5] == 0
    assert granted[GROUP, NONE] == 0
    assert granted[USER, 42] == 1


def test_granting_again_changes_nothing() -> None:
    once = with_search({(OWNER, NONE): 7, (GROUP, NONE): 4, (OTHER, NONE): 0}, 42)
    assert with_search(once, 42) == once
