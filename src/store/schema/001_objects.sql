-- The object store. See docs/data_file.md; the keys are those of include/signalbox/objects.h. Contents are files beside this one.
CREATE TABLE buckets (name TEXT NOT NULL PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE objects (bucket TEXT NOT NULL, object_key TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (bucket, object_key)) WITHOUT ROWID;
CREATE TABLE object_uploads (bucket TEXT NOT NULL, object_key TEXT NOT NULL, upload_id TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (bucket, object_key, upload_id)) WITHOUT ROWID;
CREATE TABLE object_parts (upload_id TEXT NOT NULL, part_number INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (upload_id, part_number)) WITHOUT ROWID;
