-- Map runs: see docs/data_file.md; the keys are those of include/signalbox/map_runs.h.
CREATE TABLE map_runs (row INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE map_run_plans (row INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE map_run_ids (id TEXT NOT NULL PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE map_run_items (map_run INTEGER NOT NULL, child INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (map_run, child)) WITHOUT ROWID;
CREATE TABLE execution_map_runs (execution INTEGER NOT NULL, map_run INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (execution, map_run)) WITHOUT ROWID;
CREATE TABLE open_map_runs (row INTEGER PRIMARY KEY, record BLOB NOT NULL);
