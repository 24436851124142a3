// EventBridge connections.
import assert from "node:assert/strict";
import { client, isRecent, refused } from "../sdk.mjs";

const events = client("EventBridge");

export async function connections() {
  const AuthParameters = { BasicAuthParameters: { Username: "u", Password: "pass-word" }, InvocationHttpParameters: { HeaderParameters: [{ Key: "X-A", Value: "hidden", IsValueSecret: true }, { Key: "X-B", Value: "shown" }] } };
  const made = await events.createConnection({ Name: "js-connection", AuthorizationType: "BASIC", AuthParameters });
  assert.match(made.ConnectionArn, /:connection\/js-connection\/[0-9a-f-]{36}$/);
  assert.equal(made.ConnectionState, "AUTHORIZED");
  isRecent(made.CreationTime);
  await refused(events.createConnection({ Name: "js-connection", AuthorizationType: "BASIC", AuthParameters }), "ResourceAlreadyExistsException");
  const shown = await events.describeConnection({ Name: "js-connection" });
  assert.deepEqual(shown.AuthParameters.BasicAuthParameters, { Username: "u" });
  assert.ok(!JSON.stringify(shown).includes("pass-word") && !JSON.stringify(shown).includes("hidden"));
  assert.equal(shown.AuthParameters.InvocationHttpParameters.HeaderParameters[1].Value, "shown");
  assert.match(shown.SecretArn, /^arn:aws:secretsmanager:.*:secret:events!connection\/js-connection\//);
  const updated = await events.updateConnection({ Name: "js-connection", AuthorizationType: "API_KEY", AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: "X-Key", ApiKeyValue: "v" } } });
  assert.equal(updated.ConnectionState, "AUTHORIZED");
  assert.deepEqual((await events.describeConnection({ Name: "js-connection" })).AuthParameters.ApiKeyAuthParameters, { ApiKeyName: "X-Key" });
  assert.deepEqual((await events.listConnections({ NamePrefix: "js-" })).Connections.map((c) => [c.Name, c.AuthorizationType]), [["js-connection", "API_KEY"]]);
  assert.equal((await events.deleteConnection({ Name: "js-connection" })).ConnectionState, "DELETING");
  await refused(events.describeConnection({ Name: "js-connection" }), "ResourceNotFoundException");
  await refused(events.createConnection({ Name: "js-bad", AuthorizationType: "API_KEY", AuthParameters: { BasicAuthParameters: { Username: "u", Password: "p" } } }), "ValidationException");
}
