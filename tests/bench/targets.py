"""What each figure is to reach on two cores, the load included."""

AT_LEAST, AT_MOST = "at least", "at most"

TARGETS = {
    "callbacks: of the bare loop, 1 user": (AT_LEAST, 0.5),
    "callbacks: of the bare loop, 16 users": (AT_LEAST, 0.5),
    "callbacks: of the bare loop, 64 users": (AT_LEAST, 0.5),
    "callbacks: of the bare loop, 256 users": (AT_LEAST, 0.5),
    "callbacks: workflows/s, 64 users": (AT_LEAST, 9_000),
    "callbacks: CPU ms per workflow, 64 users": (AT_MOST, 0.15),
    "callbacks: callback to SUCCEEDED p50 ms, 1 user": (AT_MOST, 0.5),
    "callbacks: callback to SUCCEEDED p99 ms, 64 users": (AT_MOST, 12),
    "slow_disk: workflows/s, 64 users": (AT_LEAST, 3_300),
    "http: cheap read of a bare server's": (AT_LEAST, 0.6),
    "http: durable StartExecution of a bare server's reads": (AT_LEAST, 0.2),
    "idle: start to ready ms": (AT_MOST, 15),
    "idle: RSS MiB": (AT_MOST, 12),
    "waiting: MiB added by 100,000 over 1,000": (AT_MOST, 8),
    "waiting: KB on disk each": (AT_MOST, 4.5),
    "waiting: throughput at 100,000 of that at 1,000": (AT_LEAST, 0.5),
    "waiting: ready after kill -9 ms": (AT_MOST, 250),
    "waiting: first old link resumed after kill -9 ms": (AT_MOST, 250),
    "history: worst page ms, forwards": (AT_MOST, 100),
    "history: worst page ms, backwards": (AT_MOST, 100),
    "history: MiB grown by reading it twice": (AT_MOST, 1),
    "engine_events: of raw SQLite, batch 64": (AT_LEAST, 0.35),
    "core_transitions: transitions/s": (AT_LEAST, 600_000),
    "timers: bytes each": (AT_MOST, 16.5),
}
