"""Metrics in Prometheus' text format; the library is imported when they are first asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from prometheus_client import Metric

Kind: TypeAlias = Literal["gauge", "counter"]
Labels: TypeAlias = tuple[str, ...]
Buckets: TypeAlias = Sequence[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Family:
    """A metric with a value for each combination of its labels; a counter never falls."""

    kind: Kind
    name: str
    help: str
    labels: Sequence[str]
    values: Sequence[tuple[Labels, float]]


@dataclass(frozen=True, slots=True)
class Histogram:
    """A metric with, for each combination of its labels, the number of values up to each of rising bounds, and their sum."""

    name: str
    help: str
    labels: Sequence[str]
    values: Sequence[tuple[Labels, Buckets, float]]


def expose(families: Iterable[Family | Histogram]) -> tuple[bytes, str]:
    """Return the text of these metrics and of the process itself (memory, CPU, open files), and its content type."""
    from prometheus_client import CollectorRegistry, ProcessCollector
    from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

    registry = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=registry)
    registry.register(_Made(families))
    return generate_latest(registry), CONTENT_TYPE_LATEST


class _Made:
    """What the library asks for its metrics: those that were made before."""

    def __init__(self, families: Iterable[Family | Histogram]) -> None:
        self._families = list(families)

    def collect(self) -> Iterator[Metric]:
        for family in self._families:
            yield _histogram(family) if isinstance(family, Histogram) else _family(family)

    def describe(self) -> Iterator[Metric]:
        return iter(())


def _family(family: Family) -> Metric:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    kind = GaugeMetricFamily if family.kind == "gauge" else CounterMetricFamily
    made = kind(family.name, family.help, labels=family.labels)
    for labels, value in family.values:
        made.add_metric(labels, value)
    return made


def _histogram(histogram: Histogram) -> Metric:
    from prometheus_client.core import HistogramMetricFamily

    made = HistogramMetricFamily(histogram.name, histogram.help, labels=histogram.labels)
    for labels, buckets, whole in histogram.values:
        made.add_metric(labels, [*buckets], whole)
    return made
