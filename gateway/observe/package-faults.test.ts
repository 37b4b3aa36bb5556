import assert from "node:assert/strict";
import { test } from "node:test";
import { readableLog } from "./log-fixture.ts";
import { PackageFaults } from "./package-faults.ts";

const at = { provider: "mine", model: "m-1", code: "upstream_defect" } as const;

const defect = (message: string): Error =>
  Object.assign(new TypeError(message), {
    stack: `TypeError: ${message}\n    at ask (/srv/provider.ts:7:9)\n    at next (/srv/a.ts:1:1)`,
  });

test("what a package throws is told of once for each provider, error and place", () => {
  const { log, lines } = readableLog("warn");
  const faults = new PackageFaults(log);
  const error = defect("x is not a function");
  for (let n = 0; n < 3; n += 1) faults.record({ ...at, error });
  faults.record({ ...at, error: defect("y is not a function") });
  faults.record({ ...at, provider: "other", error });
  const told = lines() as Record<string, unknown>[]; // as the log writes them
  assert.deepEqual(
    told.map(({ provider, thrown }) => [provider, thrown]),
    [
      ["mine", "TypeError: x is not a function"],
      ["mine", "TypeError: y is not a function"],
      ["other", "TypeError: x is not a function"],
    ],
  );
  const [{ level, outcome, place, model } = assert.fail()] = told;
  assert.deepEqual(
    [level, outcome, place, model],
    ["warn", "upstream_defect", "at ask (/srv/provider.ts:7:9)", "m-1"],
  );
});

test("SEC-9 no key, address or piece of a prompt is told", () => {
  const { log, lines } = readableLog("warn");
  const faults = new PackageFaults(log);
  const secrets = [
    "Unexpected token 'M', \"My name is Ada\" is not valid JSON",
    "No answer of https://me:word@host/x with sk-abcdef123456",
  ];
  for (const message of secrets) faults.record({ ...at, error: defect(message) });
  faults.record({ ...at, error: { prompt: "My name is Ada" } });
  const thrown = lines().map((line) => (line as { thrown: string }).thrown); // of the log
  assert.deepEqual(thrown, [
    "TypeError: Unexpected token 'M', … is not valid JSON",
    "TypeError: No answer of … with …",
    "no error but object",
  ]);
});

test("no more than 256 kinds are told", () => {
  const { log, lines } = readableLog("warn");
  const faults = new PackageFaults(log);
  for (let n = 0; n < 300; n += 1) faults.record({ ...at, error: defect(`kind ${n}`) });
  assert.equal(lines().length, 256);
});
