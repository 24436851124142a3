import { randomUUID } from "node:crypto";
import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";

const sfn = new SFNClient();
const answer = (statusCode, value) => ({ statusCode, body: JSON.stringify(value) });

function parse(body) {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

// The order's number names the execution, so that an order sent twice is one order.
export const handler = async ({ body }) => {
  const order = parse(body);
  if (!Array.isArray(order?.items)) return answer(400, { message: "An order is a JSON object with a list of items." });
  const orderId = order.orderId ?? randomUUID();
  if (!/^[\w-]{1,80}$/.test(orderId)) return answer(400, { message: "An orderId has 1 to 80 letters, digits, - and _." });
  try {
    await sfn.send(
      new StartExecutionCommand({
        stateMachineArn: process.env.STATE_MACHINE_ARN,
        name: orderId,
        input: JSON.stringify({ orderId, items: order.items }),
      }),
    );
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
    return answer(409, { message: `There is another order ${orderId}.` });
  }
  return answer(202, { orderId });
};
