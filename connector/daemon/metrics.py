"""What the daemon counts, in Prometheus' form. Gauges of the store are read when somebody asks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, disable_created_metrics, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from connector.store.store import Store
from connector.sync import guard
from connector.sync.limits import Limits
from connector.words import Side

_GAUGES = {
    "connector_bonds": "Bonds by state",
    "connector_bonds_held": "Bonds that wait for a person of the customer",
    "connector_bonds_due": "Bonds whose pass is due",
    "connector_bonds_parked": "Bonds that wait for an operator",
    "connector_writes_stopped": "1 where nothing is written because a system went back in time or is another one",
    "connector_oldest_due_seconds": "How long the oldest due pass has waited",
}


class Metrics:
    """One registry a daemon, so that two of them can live in one process."""

    def __init__(self, store: Store, connections: Sequence[str]) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call] # prometheus-client left out its return type
        self.registry = CollectorRegistry()
        self.registry.register(_StoreGauges(store, connections))
        self._flows = _Flows()
        self.registry.register(self._flows)
        by_connection, by_side = ["connection"], ["connection", "side"]
        self.handled = Counter("connector_passes", "Passes over bonds", by_connection, registry=self.registry)
        self.crashes = Counter("connector_crashes", "Errors that nobody expected", by_connection, registry=self.registry)
        self.polls = Counter("connector_polls", "Polls by result", [*by_side, "result"], registry=self.registry)
        self.polled = Gauge(
            "connector_last_poll_timestamp_seconds", "When a poll last went well", by_side, registry=self.registry
        )
        self.up = Gauge("connector_side_up", "1 where the last poll of a side went well", by_side, registry=self.registry)
        self.leads = Gauge("connector_leads", "1 where this process polls", by_connection, registry=self.registry)
        self.ready = Gauge("connector_ready", "1 where a connection is at work", by_connection, registry=self.registry)

    def add(self, collector: Collector) -> None:
        """Tell what somebody else counts, too."""
        self.registry.register(collector)

    def watch(self, connection: str, limits: Limits) -> None:
        """Tell how the calls of a connection flow."""
        self._flows.limits[connection] = limits

    def text(self) -> bytes:
        return generate_latest(self.registry)


class _Flows(Collector):
    """This process' own calls: read from the gates when somebody asks."""

    def __init__(self) -> None:
        self.limits: dict[str, Limits] = {}

    def collect(self) -> Iterable[Metric]:
        by_side = ["connection", "side"]
        flying = GaugeMetricFamily("connector_calls_in_flight", "Calls in flight", labels=by_side)
        limit = GaugeMetricFamily("connector_calls_limit", "Calls that may be in flight now", labels=by_side)
        spared = GaugeMetricFamily("connector_side_spared", "1 where a side is not called at present", labels=by_side)
        busy = CounterMetricFamily("connector_busy_answers", "Answers that asked for fewer calls", labels=by_side)
        for connection, limits in list(self.limits.items()):
            for side, flow in limits.flows().items():
                labels = [connection, side.value]
                flying.add_metric(labels, flow.flying)
                limit.add_metric(labels, flow.limit)
                spared.add_metric(labels, not limits.gates[side].open())
                busy.add_metric(labels, flow.busy)
        return [flying, limit, spared, busy]

    def describe(self) -> Iterable[Metric]:
        """Nothing is read at registration."""
        return []


class _StoreGauges(Collector):
    def __init__(self, store: Store, connections: Sequence[str]) -> None:
        self._store = store
        self._connections = connections

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """All gauges, or none while the store is out of reach: /readyz says so, and the counters are still wanted."""
        try:
            return self._read()
        except SQLAlchemyError:
            return []

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing is read at registration."""
        return []

    def _read(self) -> list[GaugeMetricFamily]:
        more = {"connector_bonds": ["state"], "connector_writes_stopped": ["side"]}
        gauges = {
            name: GaugeMetricFamily(name, text, labels=["connection", *more.get(name, [])]) for name, text in _GAUGES.items()
        }
        now = self._store.clock()
        for name in self._connections:
            tally, backlog = self._store.tally(name), self._store.backlog(name)
            for state, count in tally.states.items():
                gauges["connector_bonds"].add_metric([name, state.value], count)
            stopped = guard.states(self._store, name)
            for side in Side:
                gauges["connector_writes_stopped"].add_metric([name, side.value], float(side in stopped))
            gauges["connector_bonds_held"].add_metric([name], tally.held)
            gauges["connector_bonds_due"].add_metric([name], backlog.due)
            gauges["connector_bonds_parked"].add_metric([name], backlog.parked)
            waited = 0.0 if backlog.oldest_due is None else max(0.0, now - backlog.oldest_due)
            gauges["connector_oldest_due_seconds"].add_metric([name], waited)
        return list(gauges.values())
