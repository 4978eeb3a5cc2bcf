"""What runs need besides their job."""

from __future__ import annotations

from concurrent.futures import Executor as Pool
from dataclasses import dataclass

from headrace.ai.models import Models
from headrace.worker.children import Children


@dataclass(frozen=True, slots=True)
class Means:
    """The AI models, and threads and processes for plain functions."""

    models: Models
    threads: Pool
    children: Children
