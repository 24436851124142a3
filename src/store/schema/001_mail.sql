-- Mail that waits, was sent, failed or is kept (include/signalbox/mail.h). record: JSON.
CREATE TABLE outbox (
  row INTEGER PRIMARY KEY,
  record BLOB NOT NULL
);
-- When waiting mail is to be tried next: milliseconds since the epoch.
CREATE TABLE outbox_due (
  due INTEGER NOT NULL,
  row INTEGER NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (due, row)
) WITHOUT ROWID;
