"""The public names: few, documented, and the same in the code and in `docs/tasks.md`."""

import inspect
import re
from pathlib import Path
from typing import Annotated, get_args, get_origin

import pytest

import headrace

TASKS = Path(__file__).parents[2] / "docs" / "tasks.md"
ROW = re.compile(r"^\| `(\w+)` \| (\S.*) \|$", re.MULTILINE)


def listed():
    return ROW.findall(TASKS.read_text().partition("## Public names")[2])


def test_the_document_lists_exactly_the_public_names_in_their_order():
    assert [name for name, _ in listed()] == headrace.__all__


def test_there_are_at_most_twenty_five():
    assert len(headrace.__all__) <= 25


def test_they_are_sorted_and_unique():
    assert headrace.__all__ == sorted(set(headrace.__all__))


@pytest.mark.parametrize("name", headrace.__all__)
def test_it_exists_and_says_what_it_is(name):
    value = getattr(headrace, name)
    value = get_args(value)[0] if get_origin(value) is Annotated else value
    own = value.__doc__ if inspect.isclass(value) or inspect.isfunction(value) else None
    assert own, f"headrace.{name} has no docstring"
    assert not own.startswith(f"{name}("), f"headrace.{name} has only the docstring that dataclass makes"


def test_nothing_public_goes_unlisted():
    hidden = {"annotations", "importlib", "TYPE_CHECKING"}
    public = {
        name for name, value in vars(headrace).items() if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert public - hidden <= set(headrace.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Jobs'"):
        _ = headrace.Jobs
