// One face for AWS's SDKs for JavaScript: version 2 (aws-sdk-2-query: SQS by Query; aws-sdk-2-json: SQS by JSON) and version 3 (aws-sdk-3).
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(process.env.CLIENTS + "/");
export const generation = process.env.SDK;   // aws-sdk-2-query, aws-sdk-2-json or aws-sdk-3
const packages = { ApiGatewayV2: "apigatewayv2", CloudWatchLogs: "cloudwatch-logs", EventBridge: "eventbridge", IAM: "iam", Lambda: "lambda", S3: "s3", Scheduler: "scheduler", SNS: "sns", SQS: "sqs", SSM: "ssm", STS: "sts" };
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const endpoint = process.env.ENDPOINT;

export const v3 = generation === "aws-sdk-3";
export const account = "000000000000", region = "us-east-1";
export const role = `arn:aws:iam::${account}:role/any`;

/// What one calls, in both versions: `client.operation(parameters)` gives a promise.
export function client(name, options = {}) {
  if (v3) {
    const module = require("@aws-sdk/client-" + packages[name]);
    const made = new module[name]({ endpoint, region, credentials, maxAttempts: 1, disableHostPrefix: true, ...(name === "S3" ? { forcePathStyle: true } : {}), ...options });
    made.module = module;
    return made;
  }
  const aws = require(generation);
  const made = new aws[name]({ endpoint, region, credentials, maxRetries: 0, hostPrefixEnabled: false, ...(name === "S3" ? { s3ForcePathStyle: true } : {}), ...options });
  return new Proxy(made, {
    get(target, operation) {
      const found = target[operation];
      if (typeof found !== "function") return found;
      if (!target.api.operations[operation]) return found.bind(target);
      return (parameters = {}) => target[operation](parameters).promise();
    },
  });
}

export const aws2 = () => require(generation);
export const aws3 = (name) => require(name);

/// The error of a call that must fail: `code` as version 2 says it, `name` as the class in version 3 is called.
export async function refused(call, code, name = code) {
  try {
    await call;
  } catch (error) {
    assert.equal(v3 ? error.name : error.code, v3 ? name : code, error.message);
    assert.match(v3 ? error.$metadata.requestId : error.requestId, /\S/, "an error without a request id");
    return error;
  }
  return assert.fail(`not refused with ${code}`);
}

/// All pages of a list: `list(token)` gives one.
export async function pages(list, token, items) {
  const found = [];
  for (let next; ; ) {
    const page = await list(next);
    found.push(...(page[items] ?? []));
    next = page[token];
    if (!next) return found;
  }
}

export async function eventually(probe, seconds = 20) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await probe();
    if (found) return found;
    assert.ok(Date.now() < deadline, "not within " + seconds + " s: " + probe);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/// A moment within the last minute, as a Date.
export function isRecent(time) {
  assert.ok(time instanceof Date, `${time} is no Date`);
  assert.ok(Math.abs(Date.now() - time) < 60_000, `${time.toISOString()} is not now`);
}

export const text = (bytes) => (typeof bytes === "string" ? bytes : Buffer.from(bytes).toString());
