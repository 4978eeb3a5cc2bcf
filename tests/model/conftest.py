"""How long to look for acts that the queue and its model answer differently, and the model itself."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from tests.model.queue_model import QueueModel

# `pytest tests/model --hypothesis-profile=long` (make faults) looks far longer, and elsewhere each time.
ALWAYS = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck), "print_blob": True}
settings.register_profile("long", max_examples=1_500, stateful_step_count=100, derandomize=False, **ALWAYS)
settings.register_profile(
    "short",
    max_examples=150,
    stateful_step_count=50,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    **ALWAYS,
)


@pytest.fixture
def model() -> type[QueueModel]:
    """The model's class; each example makes its own."""
    return QueueModel


@pytest.fixture(autouse=True)
def profile(request: pytest.FixtureRequest) -> settings:
    """How long to look: `short` unless --hypothesis-profile names another."""
    return settings.get_profile(request.config.getoption("--hypothesis-profile") or "short")
