-- Published versions; record: their configuration as JSON.
CREATE TABLE function_versions (name TEXT, version INTEGER, record TEXT NOT NULL, PRIMARY KEY (name, version)) WITHOUT ROWID;
-- Aliases; record: JSON.
CREATE TABLE function_aliases (function TEXT, alias TEXT, record TEXT NOT NULL, PRIMARY KEY (function, alias)) WITHOUT ROWID;
-- Versions of layers; record: JSON. Version 0: the last number given out.
CREATE TABLE function_layers (name TEXT, version INTEGER, record TEXT NOT NULL, PRIMARY KEY (name, version)) WITHOUT ROWID;
-- What is kept beside a function: resource policies, settings of asynchronous calls; by function, kind and qualifier; record: JSON.
CREATE TABLE function_attachments (function TEXT, kind TEXT, qualifier TEXT, record TEXT NOT NULL, PRIMARY KEY (function, kind, qualifier)) WITHOUT ROWID;
-- Asynchronous calls that have not ended; record: JSON.
CREATE TABLE function_events (row INTEGER PRIMARY KEY, record TEXT NOT NULL);
