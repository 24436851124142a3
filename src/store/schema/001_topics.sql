-- Topics (include/signalbox/topics.h). record: JSON.
CREATE TABLE topics (
  name TEXT PRIMARY KEY,
  record BLOB NOT NULL
) WITHOUT ROWID;
-- Subscriptions, under their topic. record: JSON.
CREATE TABLE subscriptions (
  topic TEXT NOT NULL,
  row INTEGER NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (topic, row)
) WITHOUT ROWID;
-- Where a subscription is found by its number. record: the topic's name.
CREATE TABLE subscription_topics (
  row INTEGER PRIMARY KEY,
  record BLOB NOT NULL
);
-- FIFO topics: what was published in the last five minutes. record: JSON.
CREATE TABLE topic_deduplication (
  topic TEXT NOT NULL,
  deduplication_id TEXT NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (topic, deduplication_id)
) WITHOUT ROWID;
-- Calls that topics owe to functions and HTTP endpoints; gone once made. record: JSON.
CREATE TABLE deliveries (
  row INTEGER PRIMARY KEY,
  record BLOB NOT NULL
);
-- When each is to be tried next: milliseconds since the epoch.
CREATE TABLE delivery_due (
  due INTEGER NOT NULL,
  row INTEGER NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (due, row)
) WITHOUT ROWID;
