-- Functions by name; record: configuration as JSON. The code lies in the data directory, by its hash.
CREATE TABLE functions (name TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
-- Access keys that functions' processes sign with; record: the function's name.
CREATE TABLE function_keys (access_key_id TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
