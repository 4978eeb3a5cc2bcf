"""Python's garbage collector in a process that serves: what is loaded is left out of its rounds, which come more seldom."""

from __future__ import annotations

import gc

# Python's own 700 means a round for every thirty jobs, each over all that a thousand runs hold: a third of a worker's time.
# A run that stores a step holds fifty objects: a thousand of them come and go without a round.
YOUNG_MAX = 100_000


def spare_loaded() -> None:
    """Leave what is loaded by now out of the collector's rounds; call it once, when everything is imported."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_MAX, *gc.get_threshold()[1:])
