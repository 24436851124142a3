import assert from "node:assert/strict";
import { client, isRecent, pages, refused } from "../sdk.mjs";

const ssm = client("SSM");
const put = (Name, Value, more = {}) => ssm.putParameter({ Name, Value, Type: "String", ...more });

export async function parameters() {
  assert.equal((await put("/js-p/a", "1")).Version, 1);
  assert.equal((await put("/js-p/a", "2", { Overwrite: true })).Version, 2);
  const { Parameter } = await ssm.getParameter({ Name: "/js-p/a" });
  isRecent(Parameter.LastModifiedDate);
  assert.deepEqual([Parameter.Value, Parameter.Version, Parameter.DataType], ["2", 2, "text"]);
  await put("/js-p/list", "a,b", { Type: "StringList" });
  await put("/js-p/secret", "s", { Type: "SecureString" });
  assert.equal((await ssm.getParameter({ Name: "/js-p/secret", WithDecryption: true })).Parameter.Value, "s");
  assert.notEqual((await ssm.getParameter({ Name: "/js-p/secret" })).Parameter.Value, "s", "a SecureString is shown only where it is decrypted");
  const all = await pages((NextToken) => ssm.getParametersByPath({ Path: "/js-p", Recursive: true, MaxResults: 2, NextToken }), "NextToken", "Parameters");
  assert.deepEqual(all.map((p) => p.Name), ["/js-p/a", "/js-p/list", "/js-p/secret"]);
  const history = await ssm.getParameterHistory({ Name: "/js-p/a" });
  assert.deepEqual(history.Parameters.map((p) => [p.Value, p.Version]), [["1", 1], ["2", 2]]);
  await refused(put("/js-p/a", "3"), "ParameterAlreadyExists");
  const missing = await refused(ssm.getParameter({ Name: "/js-p/none" }), "ParameterNotFound");
  assert.ok(missing);
  await refused(ssm.getParameter({ Name: "/js-p/a:9" }), "ParameterVersionNotFound");
  const deleted = await ssm.deleteParameters({ Names: ["/js-p/list", "/js-p/none"] });
  assert.deepEqual([deleted.DeletedParameters, deleted.InvalidParameters], [["/js-p/list"], ["/js-p/none"]]);
}

export async function labels() {
  await put("/js/labelled", "1");
  await put("/js/labelled", "2", { Overwrite: true });
  const done = await ssm.labelParameterVersion({ Name: "/js/labelled", ParameterVersion: 1, Labels: ["old", "aws-no"] });
  assert.deepEqual([done.InvalidLabels, done.ParameterVersion], [["aws-no"], 1]);
  const { Parameter } = await ssm.getParameter({ Name: "/js/labelled:old" });
  assert.deepEqual([Parameter.Value, Parameter.Selector], ["1", ":old"]);
  await ssm.labelParameterVersion({ Name: "/js/labelled", Labels: ["old"] });
  assert.equal((await ssm.getParameter({ Name: "/js/labelled:old" })).Parameter.Value, "2", "a label stands at one version");
  assert.deepEqual((await ssm.getParameterHistory({ Name: "/js/labelled" })).Parameters.map((p) => p.Labels ?? []), [[], ["old"]]);
  const removed = await ssm.unlabelParameterVersion({ Name: "/js/labelled", ParameterVersion: 2, Labels: ["old", "never"] });
  assert.deepEqual([removed.RemovedLabels, removed.InvalidLabels], [["old"], ["never"]]);
  await refused(ssm.getParameter({ Name: "/js/labelled:old" }), "ParameterVersionNotFound");
  await refused(ssm.labelParameterVersion({ Name: "/js/none", Labels: ["x"] }), "ParameterNotFound");
  await refused(ssm.labelParameterVersion({ Name: "/js/labelled", ParameterVersion: 9, Labels: ["x"] }), "ParameterVersionNotFound");
}
