-- Routes on the public listener that call a function. record: JSON.
CREATE TABLE routes (
  path TEXT NOT NULL,
  method TEXT NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (path, method)
) WITHOUT ROWID;
