// Times the expressions of a yardstick file with the npm package: node reference.mjs YARDSTICK.json. Prints what bench-jsonata prints.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const jsonata = createRequire(process.cwd() + "/")("jsonata");

function nowMicroseconds() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

async function medianMicroseconds(call) {
  const rounds = [];
  for (let round = 0; round < 11; ++round) {
    let calls = 0;
    const begin = nowMicroseconds();
    let now = begin;
    for (; now - begin < 20_000; now = nowMicroseconds()) {
      for (let i = 0; i < 4; ++i) await call();
      calls += 4;
    }
    rounds.push((now - begin) / calls);
  }
  return rounds.sort((a, b) => a - b)[5];
}

for (const one of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  const expression = jsonata(one.expr);
  const construct_us = await medianMicroseconds(() => { jsonata(one.expr); });
  const evaluate_us = await medianMicroseconds(() => expression.evaluate(undefined, one.bindings));
  console.log(JSON.stringify({ name: one.name, items: one.items, construct_us, evaluate_us }));
}
