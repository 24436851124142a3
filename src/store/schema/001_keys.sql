-- API keys (src/services/keys/keys.h). record: JSON.
CREATE TABLE keys (id TEXT NOT NULL PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
