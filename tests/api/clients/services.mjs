// AWS's SDKs for JavaScript against a daemon: a script per service, spoken by version 2 (SQS by Query, SQS by JSON) or version 3 alike.
// Run by tests/api/test_javascript_clients.py: node services.mjs SERVICE…; prints each failed case and ends with 1 if there is one.
import { generation } from "./sdk.mjs";

let failures = 0;
for (const service of process.argv.slice(2)) {
  const cases = await import(`./services/${service}.mjs`);
  for (const [name, run] of Object.entries(cases)) {
    try {
      await run();
    } catch (error) {
      failures += 1;
      console.log(`${generation} ${service} ${name}: ${error.stack}`);
    }
  }
}
process.exit(failures ? 1 : 0);
