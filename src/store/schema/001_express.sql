-- Express executions that were started and have not ended. See docs/data_file.md; the key is that of include/signalbox/express.h.
CREATE TABLE express_executions (execution INTEGER PRIMARY KEY, record BLOB NOT NULL);
