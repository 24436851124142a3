// STS and IAM.
import assert from "node:assert/strict";
import { account, client, isRecent, pages, refused } from "../sdk.mjs";

const sts = client("STS"), iam = client("IAM");
const trust = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }] });
const permissions = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "sqs:*", Resource: "*" }] });

export async function sessions() {
  const caller = await sts.getCallerIdentity({});
  assert.deepEqual([caller.Account, caller.Arn], [account, `arn:aws:iam::${account}:root`]);
  const assumed = await sts.assumeRole({ RoleArn: `arn:aws:iam::${account}:role/js`, RoleSessionName: "me", DurationSeconds: 900 });
  assert.ok(Math.abs(assumed.Credentials.Expiration - Date.now() - 900_000) < 60_000);
  assert.equal(assumed.AssumedRoleUser.Arn, `arn:aws:sts::${account}:assumed-role/js/me`);
  assert.match(assumed.Credentials.AccessKeyId, /^[A-Z2-7]{20}$/);
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = assumed.Credentials;
  assert.equal((await client("STS", { credentials: { accessKeyId, secretAccessKey, sessionToken } }).getCallerIdentity({})).Account, account);
  await refused(sts.assumeRole({ RoleArn: `arn:aws:iam::${account}:role/js`, RoleSessionName: "me", DurationSeconds: 10 }), "ValidationError");
  await refused(sts.assumeRole({ RoleArn: `arn:aws:iam::${account}:role/js`, RoleSessionName: "bad name" }), "ValidationError");
  await refused(sts.decodeAuthorizationMessage({ EncodedMessage: "x" }), "InvalidAction");
}

export async function rolesAndPolicies() {
  const { Role } = await iam.createRole({ RoleName: "js-role", AssumeRolePolicyDocument: trust, Path: "/service/", Description: "d" });
  isRecent(Role.CreateDate);
  assert.equal(Role.Arn, `arn:aws:iam::${account}:role/service/js-role`);
  assert.match(Role.RoleId, /^AROA/);
  const error = await refused(iam.createRole({ RoleName: "js-role", AssumeRolePolicyDocument: trust }), "EntityAlreadyExists", "EntityAlreadyExistsException");
  assert.equal(error.message, "Role with name js-role already exists.");
  assert.deepEqual(JSON.parse(decodeURIComponent((await iam.getRole({ RoleName: "js-role" })).Role.AssumeRolePolicyDocument)), JSON.parse(trust));
  const { Policy } = await iam.createPolicy({ PolicyName: "js-policy", PolicyDocument: permissions });
  await iam.attachRolePolicy({ RoleName: "js-role", PolicyArn: Policy.Arn });
  assert.deepEqual((await iam.listAttachedRolePolicies({ RoleName: "js-role" })).AttachedPolicies, [{ PolicyName: "js-policy", PolicyArn: Policy.Arn }]);
  await iam.putRolePolicy({ RoleName: "js-role", PolicyName: "inline", PolicyDocument: permissions });
  assert.deepEqual((await iam.listRolePolicies({ RoleName: "js-role" })).PolicyNames, ["inline"]);
  assert.equal(decodeURIComponent((await iam.getRolePolicy({ RoleName: "js-role", PolicyName: "inline" })).PolicyDocument), permissions);
  await refused(iam.deleteRole({ RoleName: "js-role" }), "DeleteConflict", "DeleteConflictException");
  await iam.deleteRolePolicy({ RoleName: "js-role", PolicyName: "inline" });
  await iam.detachRolePolicy({ RoleName: "js-role", PolicyArn: Policy.Arn });
  await iam.deletePolicy({ PolicyArn: Policy.Arn });
  const roles = await pages((Marker) => iam.listRoles({ MaxItems: 1, Marker }), "Marker", "Roles");
  assert.ok(roles.some((role) => role.RoleName === "js-role"));
  await iam.deleteRole({ RoleName: "js-role" });
  await refused(iam.getRole({ RoleName: "js-role" }), "NoSuchEntity", "NoSuchEntityException");
  await refused(iam.createRole({ RoleName: "js-bad", AssumeRolePolicyDocument: "{" }), "MalformedPolicyDocument", "MalformedPolicyDocumentException");
  await refused(iam.listUsers({}), "InvalidAction");
}
