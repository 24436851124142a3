CREATE TABLE revisions (definition INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE state_machine_versions (state_machine TEXT, version INTEGER, record BLOB NOT NULL, PRIMARY KEY (state_machine, version)) WITHOUT ROWID;
CREATE TABLE state_machine_aliases (state_machine TEXT, alias TEXT, record BLOB NOT NULL, PRIMARY KEY (state_machine, alias)) WITHOUT ROWID;
