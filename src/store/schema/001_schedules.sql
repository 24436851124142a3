-- What fires when. See include/signalbox/schedules.h.
CREATE TABLE schedules (group_name TEXT NOT NULL, name TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (group_name, name)) WITHOUT ROWID;
CREATE TABLE schedule_due (due_ms INTEGER NOT NULL, group_name TEXT NOT NULL, name TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (due_ms, group_name, name)) WITHOUT ROWID;
CREATE TABLE schedule_calls (call_row INTEGER PRIMARY KEY, record TEXT NOT NULL);
