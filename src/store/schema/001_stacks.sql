-- What is deployed of every stack. record: JSON.
CREATE TABLE stacks (
  name TEXT NOT NULL PRIMARY KEY,
  record BLOB NOT NULL
) WITHOUT ROWID;
