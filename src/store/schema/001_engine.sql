CREATE TABLE state_machines (name TEXT PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE definitions (definition INTEGER PRIMARY KEY, record BLOB NOT NULL);

CREATE TABLE executions (execution INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE execution_names (state_machine TEXT, name TEXT, record BLOB NOT NULL, PRIMARY KEY (state_machine, name)) WITHOUT ROWID;
CREATE TABLE machine_executions (state_machine TEXT, execution INTEGER, record BLOB NOT NULL, PRIMARY KEY (state_machine, execution)) WITHOUT ROWID;
CREATE TABLE open_executions (execution INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE history (chunk INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE child_tasks (parent INTEGER, attempt INTEGER, record BLOB NOT NULL, PRIMARY KEY (parent, attempt)) WITHOUT ROWID;
