import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { CostView } from "@sekisho/wire/admin/costs.ts";
import { OperatedGateway } from "../harness/operated-gateway.ts";
import { runProgram } from "../harness/run-program.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

const line = (input: number, more: object = {}) => ({
  rates: { input, output: 2 * input, ...more },
});
const bookOf = (version: string, models: Record<string, object>): string =>
  JSON.stringify({
    version,
    models: Object.fromEntries(Object.entries(models).map(([name, each]) => [name, [each]])),
  });

const first = bookOf("first", { priced: line(1_000_000_000, { cacheRead: 1 }), other: line(3) });

let operated: OperatedGateway;
before(async () => {
  operated = await OperatedGateway.start({
    config: (simulatorUrl) => ({
      ...steeredConfig(simulatorUrl),
      processes: 2,
      models: { named: { targets: [{ provider: "near", model: "priced" }] } },
      prices: { book: "./prices.json" },
    }),
    files: { "prices.json": first },
  });
});
after(() => operated[Symbol.asyncDispose]());

const write = (text: string): Promise<void> =>
  writeFile(join(operated.gateway.server.folder, "prices.json"), text);

/** By which price a call is booked. */
async function booked(): Promise<string | null> {
  const { gateway } = operated;
  const answer = await gateway.chat("Reply with exactly: ok", { model: "named" });
  assert.equal(answer.status, 200, await answer.clone().text());
  await answer.text();
  const [row] = await gateway.rowsOf(answer);
  assert.ok(row !== undefined && row.costNanoUsd > 0);
  return row.priceVersion;
}

async function refused(text: string): Promise<string> {
  await write(text);
  const { code, stderr } = await operated.run(["config", "reload"]);
  assert.equal(code, 4, stderr);
  assert.equal(await booked(), "book/first/priced", "the last good one stays");
  return stderr;
}

test("MON-2 calls pin the version of the book in a file, and commands name it", async () => {
  assert.equal(await booked(), "book/first/priced");
  const cost = await operated.sekisho("cost", "named", "--input", "10", "--output", "1", "--json");
  // The server's own answer.
  const { costs } = JSON.parse(cost) as CostView;
  assert.deepEqual(
    costs.map(({ costUsd, priceVersion }) => [costUsd, priceVersion]),
    [["0.000012", "book/first/priced"]],
  );
  assert.match(
    await operated.sekisho("models"),
    /price book first \(\.\/prices\.json\) over 2026-/,
  );
  assert.match(await operated.sekisho("models", "named"), /book\/first\/priced/);
});

test("MON-2 a book that is malformed or shrinks is refused at a reload", async () => {
  const cut = await refused(first.slice(0, 40));
  assert.match(cut, /prices\.json:1: Cannot read the file: /);
  const broken = await refused(first.replace("1000000000", "1.5"));
  assert.match(broken, /prices\.json:1: models\.priced\[0\]\.rates\.input: 1\.5 is not a whole/);
  const less = await refused(bookOf("second", { priced: line(5) }));
  assert.match(
    less,
    /price book second \(\.\/prices\.json\): it lacks what first .* has: priced c/,
  );
  assert.match(less, /has: priced cacheRead, other; prices\.mayShrink: true lets it/);
  const silent = await refused(first.replace("1000000000", "2000000000"));
  assert.match(silent, /its figures are others than those in force, and its version is not/);
});

test("MON-2 a book that may shrink, or grows, is in force in every process", async () => {
  await write(first.replace("first", "grown"));
  await operated.sekisho("config", "reload");
  const everywhere = async (version: string): Promise<void> => {
    // Calls meet either process.
    await until(`every process prices by ${version}`, async () => {
      const found = new Set<string | null>();
      for (let n = 0; n < 8; n += 1) found.add(await booked());
      return found.size === 1 && found.has(version) ? version : null;
    });
  };
  await everywhere("book/grown/priced");
  await operated.sekisho("config", "set", "prices.mayShrink", "true");
  await write(bookOf("less", { priced: line(5_000_000) }));
  await operated.sekisho("config", "reload");
  await everywhere("book/less/priced");
});

test("MON-2 a malformed book is refused at the start, and by a check", async () => {
  await write('{ "version": "v", "models": { "m": [{}] } }');
  const file = join(operated.gateway.server.folder, "sekisho.yaml");
  const { code, stderr } = await runProgram(["config", "check", file]);
  assert.equal(code, 1);
  assert.match(stderr, /prices\.json:1: models\.m\[0\]\.rates is missing/);
  const data = join(operated.gateway.server.folder, "other-data");
  const start = await runProgram(["start", "--config", file, "--data", data, "--port", "0"]);
  assert.equal(start.code, 1);
  assert.match(start.stderr, /prices\.json:1: models\.m\[0\]\.rates is missing/);
});
