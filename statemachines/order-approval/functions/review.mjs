import {
  InvalidToken,
  SFNClient,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from "@aws-sdk/client-sfn";

const sfn = new SFNClient();

const escape = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const page = (statusCode, content) => ({
  statusCode,
  headers: { "Content-Type": "text/html; charset=utf-8" },
  body: `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Order review</title>${content}`,
});

// A GET only shows the order: mail scanners open links, and must not decide anything.
const form = (orderId, { total = "?", token = "" }) =>
  page(
    200,
    `<h1>Order ${escape(orderId)}</h1><p>Total: ${escape(total)}</p>
    <form method="post"><input type="hidden" name="token" value="${escape(token)}">
    <p><input name="reason" placeholder="Reason for a rejection"></p>
    <button name="decision" value="approve">Approve</button>
    <button name="decision" value="reject">Reject</button>
    <button name="decision" value="later">I need more time</button></form>`,
  );

const decisions = {
  approve: { text: "is approved", command: (taskToken) => new SendTaskSuccessCommand({ taskToken, output: JSON.stringify({ approved: true }) }) },
  reject: {
    text: "is rejected",
    command: (taskToken, reason) => new SendTaskFailureCommand({ taskToken, error: "OrderRejected", cause: reason || "no reason given" }),
  },
  later: { text: "waits for you", command: (taskToken) => new SendTaskHeartbeatCommand({ taskToken }) },
};

async function decide(orderId, { body, isBase64Encoded }) {
  const fields = new URLSearchParams(isBase64Encoded ? Buffer.from(body, "base64").toString() : (body ?? ""));
  const decision = decisions[fields.get("decision")];
  if (!decision) return page(400, "<h1>Approve, reject or ask for more time</h1>");
  try {
    await sfn.send(decision.command(fields.get("token"), fields.get("reason")));
  } catch (error) {
    if (error instanceof TaskTimedOut || error instanceof TaskDoesNotExist) return page(410, `<h1>Order ${escape(orderId)} waits no more</h1>`);
    if (error instanceof InvalidToken) return page(404, "<h1>There is no such order</h1>");
    throw error;
  }
  return page(200, `<h1>Order ${escape(orderId)} ${decision.text}</h1>`);
}

export const handler = async (event) => {
  const { orderId } = event.pathParameters;
  return event.httpMethod === "POST" ? decide(orderId, event) : form(orderId, event.queryStringParameters ?? {});
};
