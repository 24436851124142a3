-- Event buses and their rules; record: JSON. See include/signalbox/events.h.
CREATE TABLE event_buses (name TEXT NOT NULL PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE event_rules (bus TEXT NOT NULL, name TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (bus, name)) WITHOUT ROWID;
-- Events of the daemon's own services that wait for the next transaction; record: the event as JSON.
CREATE TABLE event_pending (row INTEGER PRIMARY KEY, record TEXT NOT NULL);
