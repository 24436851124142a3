-- Queues. See docs/data_file.md; the keys are those of include/signalbox/queues.h.
CREATE TABLE queues (name TEXT NOT NULL PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE queue_states (queue_row INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE queue_messages (queue_row INTEGER NOT NULL, number INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (queue_row, number)) WITHOUT ROWID;
CREATE TABLE queue_deliveries (queue_row INTEGER NOT NULL, number INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (queue_row, number)) WITHOUT ROWID;
CREATE TABLE queue_due (queue_row INTEGER NOT NULL, due_ms INTEGER NOT NULL, number INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (queue_row, due_ms, number)) WITHOUT ROWID;
CREATE TABLE queue_groups (queue_row INTEGER NOT NULL, group_id TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (queue_row, group_id)) WITHOUT ROWID;
CREATE TABLE queue_group_messages (queue_row INTEGER NOT NULL, group_id TEXT NOT NULL, number INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (queue_row, group_id, number)) WITHOUT ROWID;
CREATE TABLE queue_deduplication (queue_row INTEGER NOT NULL, deduplication_id TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (queue_row, deduplication_id)) WITHOUT ROWID;
CREATE TABLE queue_deduplication_order (queue_row INTEGER NOT NULL, number INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (queue_row, number)) WITHOUT ROWID;
CREATE TABLE queue_garbage (queue_row INTEGER PRIMARY KEY, record BLOB NOT NULL);
