-- What the data file must know of itself: site, master key, the highest row numbers given out.
CREATE TABLE meta (name TEXT PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
