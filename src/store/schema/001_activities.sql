-- Activities and the tasks that wait for their workers (include/signalbox/activities.h).
CREATE TABLE activities (name TEXT NOT NULL PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE activity_tasks (task INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE activity_queue (activity TEXT NOT NULL, task INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (activity, task)) WITHOUT ROWID;
CREATE TABLE activity_calls (execution INTEGER NOT NULL, attempt INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (execution, attempt)) WITHOUT ROWID;
