"""The people of a told week: accounts of every role, keys, and what the audit log has of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from headrace.accounts import key, user
from headrace.accounts.permission import Permission, Role
from headrace.accounts.principal import person
from headrace.accounts.user import User
from headrace.db.connect import Connection
from headrace.demo.rows import Row
from headrace.demo.week import Week
from headrace.ids import new_id
from headrace.json import dumps
from headrace.keyring import Keyring

ADMIN = "ada@mill.example"
_OFFICE = "198.51.100.{}"


@dataclass(frozen=True, slots=True)
class _Person:
    email: str
    name: str
    role: Role
    is_gone: bool = False


_PEOPLE = (
    _Person(ADMIN, "Ada Weir", Role.ADMIN),
    _Person("jonas@mill.example", "Jonas Brook", Role.OPERATOR),
    _Person("mara@mill.example", "Mara Sluys", Role.MEMBER),
    _Person("tomas@mill.example", "Tomás Ribera", Role.MEMBER),
    _Person("ines@mill.example", "Ines Mühlbach", Role.MEMBER),
    _Person("priya@mill.example", "Priya Nair", Role.MEMBER),
    _Person("viktor@mill.example", "Viktor Reed", Role.VIEWER),
    _Person("otto@mill.example", "Otto Stau", Role.MEMBER, is_gone=True),
)
_KEYS = (
    ("mara@mill.example", "newsroom script", (Permission.JOBS_READ, Permission.JOBS_WRITE), None),
    ("jonas@mill.example", "grafana", (Permission.OPERATIONS_READ,), timedelta(days=365)),
    ("ada@mill.example", "deploy", (Permission.ADMIN,), timedelta(days=30)),
)


async def gather(conn: Connection, keyring: Keyring, now: datetime) -> list[User]:
    """Make the accounts and keys that are not there yet, and return the people."""
    people = []
    for place, one in enumerate(_PEOPLE):
        joined = now - timedelta(days=90 - 9 * place, hours=place)
        found = await user.find(conn, one.email)
        if found is None:
            found = await user.create(
                conn, email=one.email, role=one.role, password_hash=None, name=one.name, now=joined
            )
            await _make_keys(conn, keyring, found, now)
        seen = now - timedelta(days=40) if one.is_gone else now - timedelta(hours=3 * place, minutes=11)
        gone = now - timedelta(days=35) if one.is_gone else None
        await conn.execute(
            "UPDATE headrace.users SET signed_in_at = %s, disabled_at = %s WHERE id = %s", (seen, gone, found.id)
        )
        people.append(found)
    return people


def owners(people: list[User]) -> list[str]:
    """Return whose jobs there are: those of members and operators who are still there, the busiest first."""
    by_email = {one.email: str(one.id) for one in people}
    return [
        by_email[one.email] for one in reversed(_PEOPLE) if one.role in {Role.MEMBER, Role.OPERATOR} and not one.is_gone
    ]


def tell_acts(week: Week, people: list[User]) -> None:
    """Enter in the audit log what people did within the week."""
    by_name = {one.email.partition("@")[0]: one for one in people}
    ada, jonas, mara, otto = by_name["ada"], by_name["jonas"], by_name["mara"], by_name["otto"]
    acts: list[tuple[float, User, str, str, Row]] = [
        (6.4, jonas, "quota.changed", f"user:{mara.id}", {"jobs": 5_000, "bytes": None}),
        (5.9, ada, "user.changed", f"user:{jonas.id}", {"role": "operator"}),
        (
            5.1,
            ada,
            "key.made",
            f"key:{week.id_at(week.now)}",
            {"user": str(ada.id), "name": "deploy", "scopes": ["admin"]},
        ),
        (4.2, ada, "second_factor.on", f"user:{ada.id}", {}),
        (3.0, ada, "user.changed", f"user:{otto.id}", {"disabled": True}),
        (2.1, jonas, "session.ended", f"user:{jonas.id}", {"others": 2}),
        (1.2, mara, "key.rotated", f"key:{week.id_at(week.now)}", {"grace_seconds": 86_400}),
        (0.4, ada, "invitation.made", f"link:{week.id_at(week.now)}", {"role": "member", "email": "lena@mill.example"}),
    ]
    acts += [
        (week.rng.uniform(0.1, 6.9), who, "session.begun", f"user:{who.id}", {"by": "password"})
        for who in people
        for _ in range(3)
        if who is not otto
    ]
    rows = [_entry(week, who, action, target, details, days) for days, who, action, target, details in acts]
    week.rows("headrace.audit_log").extend(sorted(rows, key=lambda row: str(row["at"])))


def _entry(week: Week, who: User, action: str, target: str, details: Row, days: float) -> Row:  # noqa: PLR0917 - one row
    at = week.now - timedelta(days=days)
    return {
        "id": week.id_at(at),
        "at": at,
        "actor_kind": "user",
        "actor_id": who.id,
        "actor_name": who.email,
        "action": action,
        "target": target,
        "address": _OFFICE.format(week.rng.randint(10, 40)),
        "request_id": UUID(int=week.rng.getrandbits(128), version=4).hex,
        "details": dumps(details),
    }


async def _make_keys(conn: Connection, keyring: Keyring, owner: User, now: datetime) -> None:
    role = Role(owner.role)
    for email, name, scopes, life in _KEYS:
        if email == owner.email:
            acting = person(owner.id, owner.email, role, credential_id=new_id())
            made = now - timedelta(days=20)
            id_, _ = await key.create(conn, keyring, acting, name=name, scopes=scopes, life=life, now=made)
            used = now - timedelta(minutes=17)
            await conn.execute("UPDATE headrace.api_keys SET last_used_at = %s WHERE id = %s", (used, id_))
