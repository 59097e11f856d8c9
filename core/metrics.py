"""Numbers for Prometheus; every process of a machine writes to one folder when it is named."""

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Histogram,
    generate_latest,
    multiprocess,
)

requests = Histogram(
    "hallkeeper_request_seconds",
    "Time to answer, by view and status class.",
    ["view", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def observe(view: str, status: int, seconds: float) -> None:
    requests.labels(view, f"{status // 100}xx").observe(seconds)


def exposition(multiprocess_folder: str | None) -> tuple[bytes, str]:
    """The text to answer and its content type."""
    registry: CollectorRegistry = REGISTRY
    if multiprocess_folder:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry, path=multiprocess_folder)
    return generate_latest(registry), CONTENT_TYPE_LATEST
