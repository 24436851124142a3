-- Which queues call which functions. See include/signalbox/triggers.h.
CREATE TABLE triggers (id TEXT NOT NULL PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
