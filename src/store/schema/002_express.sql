-- How express child executions of map runs ended, each with its input: nothing else is stored of them.
CREATE TABLE express_ends (execution INTEGER PRIMARY KEY, record BLOB NOT NULL);
