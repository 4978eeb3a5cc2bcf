"""What some settings may be: the names of environments, who may register, how a rate is written, how long to keep."""

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field

RATE = r"^(0|[1-9]\d{0,8}/[1-9]\d{0,5})$"
AUDIT_DAYS_MIN = 30


class Environment(StrEnum):
    """What an installation is for."""

    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


class Registration(StrEnum):
    """Who may make an account for themselves."""

    OPEN = "open"
    INVITED = "invited"
    OFF = "off"


Roles: TypeAlias = Literal["viewer", "member", "operator", "admin"]


def _long_enough(days: float) -> float:
    if 0 < days < AUDIT_DAYS_MIN:
        raise ValueError(
            f"is {days:g}, but what was done is kept for {AUDIT_DAYS_MIN} days at least; 0 keeps it for ever"
        )
    return days


AuditDays = Annotated[float, Field(ge=0, le=36_500), AfterValidator(_long_enough)]
