-- Function URLs, of a function (no qualifier) or of an alias; record: JSON.
CREATE TABLE function_urls (function TEXT, qualifier TEXT, record TEXT NOT NULL, PRIMARY KEY (function, qualifier)) WITHOUT ROWID;
-- Whose URL an id is; record: NAME or NAME:ALIAS.
CREATE TABLE function_url_ids (id TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
