-- How often a key called under a usage plan. day: days since 1970-01-01 (UTC); record: the number of requests.
CREATE TABLE gateway_usage (plan TEXT, api_key TEXT, day INTEGER, record TEXT NOT NULL, PRIMARY KEY (plan, api_key, day)) WITHOUT ROWID;
