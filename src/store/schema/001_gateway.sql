-- REST APIs of API Gateway. record: JSON.
CREATE TABLE gateway_apis (api TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
-- What belongs to an API, by kind: resource, method, model, validator, response, deployment, stage. record: JSON as the API shows it.
CREATE TABLE gateway_items (api TEXT, kind TEXT, id TEXT, record TEXT NOT NULL, PRIMARY KEY (api, kind, id)) WITHOUT ROWID;
