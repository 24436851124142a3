import assert from "node:assert/strict";
import { client, pages, refused } from "../sdk.mjs";

const logs = client("CloudWatchLogs");

export async function groupsStreamsAndEvents() {
  await logs.createLogGroup({ logGroupName: "/js/a", tags: { k: "v" } });
  await logs.createLogGroup({ logGroupName: "/js/b" });
  await refused(logs.createLogGroup({ logGroupName: "/js/a" }), "ResourceAlreadyExistsException");
  const found = await pages((nextToken) => logs.describeLogGroups({ logGroupNamePrefix: "/js/", limit: 1, nextToken }), "nextToken", "logGroups");
  assert.deepEqual(found.map((group) => group.logGroupName), ["/js/a", "/js/b"]);
  assert.ok(Math.abs(found[0].creationTime - Date.now()) < 60_000);
  await logs.putRetentionPolicy({ logGroupName: "/js/a", retentionInDays: 7 });
  const where = { logGroupName: "/js/a", logStreamName: "s" };
  await logs.createLogStream(where);
  const timestamp = Date.now();
  const put = await logs.putLogEvents({ ...where, logEvents: [{ timestamp, message: "Grüße <&>" }, { timestamp: timestamp + 1, message: "ERROR two" }] });
  assert.equal(put.rejectedLogEventsInfo, undefined);
  const got = await logs.getLogEvents({ ...where, startFromHead: true });
  assert.deepEqual(got.events.map((event) => [event.timestamp, event.message]), [[timestamp, "Grüße <&>"], [timestamp + 1, "ERROR two"]]);
  const filtered = await pages((nextToken) => logs.filterLogEvents({ logGroupName: "/js/a", filterPattern: "ERROR", limit: 1, nextToken }), "nextToken", "events");
  assert.deepEqual(filtered.map((event) => event.message), ["ERROR two"]);
  const [stream] = (await logs.describeLogStreams({ logGroupName: "/js/a" })).logStreams;
  assert.equal(stream.lastEventTimestamp, timestamp + 1);
  // 26 bytes more for every event. [DescribeLogGroups, storedBytes]
  assert.equal((await logs.describeLogGroups({ logGroupNamePrefix: "/js/a" })).logGroups[0].storedBytes, Buffer.byteLength("Grüße <&>ERROR two") + 2 * 26);
  await logs.deleteLogGroup({ logGroupName: "/js/a" });
  const error = await refused(logs.getLogEvents(where), "ResourceNotFoundException");
  assert.equal(error.message, "The specified log group does not exist.");
}

export async function whatIsNotHere() {
  await logs.createLogGroup({ logGroupName: "/js/filters" });
  const metricTransformations = [{ metricName: "m", metricNamespace: "n", metricValue: "1" }];
  const refusals = {
    PutMetricFilter: logs.putMetricFilter({ logGroupName: "/js/filters", filterName: "f", filterPattern: "x", metricTransformations }),
    PutSubscriptionFilter: logs.putSubscriptionFilter({ logGroupName: "/js/filters", filterName: "f", filterPattern: "x", destinationArn: "arn:aws:lambda:us-east-1:000000000000:function:f" }),
    StartQuery: logs.startQuery({ logGroupName: "/js/filters", startTime: 0, endTime: 1, queryString: "fields @message" }),
    CreateExportTask: logs.createExportTask({ logGroupName: "/js/filters", from: 0, to: 1, destination: "b" }),
    ...(logs.startLiveTail ? { StartLiveTail: logs.startLiveTail({ logGroupIdentifiers: ["arn:aws:logs:us-east-1:000000000000:log-group:/js/filters"] }) } : {}),
  };
  const settled = Object.entries(refusals).map(async ([name, call]) => {
    const error = await refused(call, "UnsupportedOperationException");
    assert.match(error.message, new RegExp(name));
  });
  await Promise.all(settled);
  assert.deepEqual((await logs.describeSubscriptionFilters({ logGroupName: "/js/filters" })).subscriptionFilters, []);
  assert.deepEqual((await logs.describeMetricFilters({ logGroupName: "/js/filters" })).metricFilters, []);
}
