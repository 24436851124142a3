import { randomUUID } from "node:crypto";

export const handler = async () => ({
  requestId: randomUUID(),
  timestamp: String(Math.floor(Date.now() / 1000)),
});
