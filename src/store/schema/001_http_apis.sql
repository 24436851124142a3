-- HTTP APIs of API Gateway. record: JSON.
CREATE TABLE http_apis (api TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
-- What belongs to an HTTP API, by kind: route, integration, deployment, stage. record: JSON as the API shows it.
CREATE TABLE http_api_items (api TEXT, kind TEXT, id TEXT, record TEXT NOT NULL, PRIMARY KEY (api, kind, id)) WITHOUT ROWID;
