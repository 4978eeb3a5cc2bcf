"""The list of users over HTTP: found by part of their name or address, page by page."""

import pytest

from headrace.accounts.permission import Role

pytestmark = pytest.mark.anyio
USERS = "/api/v1/admin/users"


@pytest.fixture
async def root(sign_in):
    return await sign_in("root@example.com", Role.ADMIN)


@pytest.fixture
def find(root):
    """The addresses found by words, read page by page."""

    async def all_of(words, limit=2):
        found, cursor = [], None
        while True:
            asked = {"q": words, "limit": limit} | ({"cursor": cursor} if cursor else {})
            page = (await root.get(USERS, params=asked)).json()
            found += [user["email"] for user in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    return all_of


async def test_users_are_found_by_part_of_name_or_address_on_every_page(find, root, make_user):
    for number in range(5):
        await make_user(f"miller{number}@example.com")
        await make_user(f"baker{number}@example.com")
    made = {"email": "Ines@Example.com", "name": "Inês of the Weir"}
    assert (await root.post(USERS, json=made)).status_code == 201
    assert await find("MILLER") == [f"miller{number}@example.com" for number in range(5)]
    assert await find("the weir") == await find("INÊS") == await find(" ines@example ") == ["Ines@Example.com"]
    assert len(await find("example.com")) == len(await find("")) == 12


async def test_words_are_no_pattern(find, root, make_user):
    await make_user("miller@example.com")
    for words in ("%", "_", "mill%", ".*", "\\", "'"):
        assert await find(words) == [], words
    assert (await root.get(USERS, params={"q": "x" * 201})).status_code == 422
    assert (await root.get(USERS, params={"q": "\0"})).status_code == 422
