-- Log groups, streams and events. See include/signalbox/logs.h.
CREATE TABLE log_groups (name TEXT NOT NULL PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE log_streams (group_row INTEGER NOT NULL, name TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (group_row, name)) WITHOUT ROWID;
CREATE TABLE log_events (stream_row INTEGER NOT NULL, ms INTEGER NOT NULL, number INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (stream_row, ms, number)) WITHOUT ROWID;
CREATE TABLE log_garbage (stream_row INTEGER PRIMARY KEY, record BLOB NOT NULL);
