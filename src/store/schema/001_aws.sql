-- What AWS's services keep: policies, parameters, settings; record: JSON. See src/aws/kept.h.
CREATE TABLE aws_kept (kind TEXT NOT NULL, owner TEXT NOT NULL, name TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (kind, owner, name)) WITHOUT ROWID;
