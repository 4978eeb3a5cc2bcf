"""What some settings may be: the names of environments, who may register, how a rate is written."""

from enum import StrEnum
from typing import Literal, TypeAlias

RATE = r"^(0|[1-9]\d{0,8}/[1-9]\d{0,5})$"


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
