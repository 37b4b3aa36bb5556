import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { migrateFile } from "@sekisho/lib/storage/database/migrate.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { assertOnce } from "../harness/assert-once.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { RawClient } from "../harness/raw-client.ts";
import { runProgram } from "../harness/run-program.ts";
import { ServerProcess } from "../harness/server-process.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

const folderOf = async (t: TestContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "sekisho-e2e-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

const statusOf = async (url: string): Promise<number> => (await fetch(url)).status;

test("without a file it serves with the simulator, and says where and by which keys", async () => {
  await using server = await ServerProcess.start();
  const { event, urls, demoKey, adminKey } = server.ready;
  assert.equal(event, "ready");
  assert.match(demoKey ?? "", /^sk_dev_/);
  assert.match(adminKey ?? "", /^ska_dev_/);
  assert.equal(await statusOf(`${urls["api"]}/health/ready`), 200);
  assert.equal(await statusOf(urls["health"] ?? ""), 200);
  assert.equal(await statusOf(urls["metrics"] ?? ""), 200);
  const answer = await fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${demoKey}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "fast", messages: [{ role: "user", content: "Hello" }] }),
  });
  assert.equal(answer.status, 200);
  await answer.arrayBuffer();
  for (const name of ["first-run.json", "pepper.json", "server.json"]) {
    assert.equal(statSync(join(server.data, name)).mode & 0o777, 0o600, name);
  }
  assert.equal(await server.kill("SIGTERM"), 0);
  assert.throws(() => statSync(join(server.data, "server.json")), { code: "ENOENT" });
});

test("the next start has the same keys", async (t) => {
  const data = await folderOf(t);
  const first = await ServerProcess.start({ data });
  await first.kill("SIGTERM");
  await first[Symbol.asyncDispose]();
  await using second = await ServerProcess.start({ data });
  assert.equal(second.ready.demoKey, first.ready.demoKey);
  assert.equal(second.ready.adminKey, first.ready.adminKey);
});

test("a second server on the same folder is refused with a sentence", async () => {
  await using server = await ServerProcess.start();
  const { code, stdout, stderr } = await runProgram([
    "start",
    "--port",
    "0",
    "--data",
    server.data,
    "--json",
  ]);
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /Cannot use data folder .+: another process of Sekisho holds it/);
  assert.doesNotMatch(stderr, /\n {4}at /, "a sentence, not a stack");
  assert.equal(await statusOf(`${server.url}/health/ready`), 200);
});

test("a data folder of a newer version is refused with the file and the way out", async (t) => {
  const data = await folderOf(t);
  const file = join(data, "sekisho.db");
  migrateFile(file, [{ number: 1, name: "of_tomorrow", sql: "SELECT 1" }], new VirtualClock());
  const ahead = `${file}-ahead-of-tomorrow`;
  writeFileSync(ahead, "in words of tomorrow");
  const { code, stdout, stderr } = await runProgram(["start", "--port", "0", "--data", data]);
  assert.deepEqual([code, stdout], [1, ""]);
  assert.equal(readFileSync(ahead, "utf8"), "in words of tomorrow");
  assert.equal(
    stderr,
    `sekisho: Cannot open ${file}: this data folder was written by a newer Sekisho, and this one ` +
      'does not know migration 1 "of_tomorrow". Install the newer version again, or restore a ' +
      "backup of the folder from before it\n",
  );
});

test("a port that is taken is refused with a sentence", async (t) => {
  await using server = await ServerProcess.start();
  const { port } = new URL(server.url);
  const data = await folderOf(t);
  const { code, stderr } = await runProgram(["start", "--port", port, "--data", data]);
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(port));
  assert.doesNotMatch(stderr, /\n {4}at /);
});

describe("a wrong configuration", { concurrency: 3 }, () => {
  for (const [what, yaml, sentence] of [
    ["an unknown key", "listne: { port: 1 }", /listne.*listen/s],
    ["a wrong type", "streams: { heartbeatMs: often }", /streams\.heartbeatMs/],
    [
      "a provider that is not there",
      "models: { a: { targets: [{ provider: nix, model: m }] } }",
      /nix/,
    ],
    [
      "a secret that is not there",
      'tenants: { a: { keys: [{ id: k, secret: "env:NOT_SET" }] } }',
      /NOT_SET/,
    ],
    ["no YAML at all", "{ : [", /Cannot read the file/],
  ] as const) {
    test(`OPS-3 ${what} in the file ends the start with 1 and a sentence`, async (t) => {
      const folder = await folderOf(t);
      writeFileSync(join(folder, "sekisho.yaml"), yaml);
      const args = ["start", "--port", "0", "--data", join(folder, "data"), "--json"];
      const { code, stdout, stderr } = await runProgram(args, { cwd: folder });
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, sentence);
      assert.doesNotMatch(stderr, /\n {4}at /);
    });
  }
});

// They wait for answers and time-outs, so they wait together.
describe("SIGTERM", { concurrency: true }, () => {
  test("STR-12 streams run to their end, ready is 503, the exit code is 0", async () => {
    await using gateway = await GatewayUnderTest.start();
    const { simulator, server, url } = gateway;
    const stream = await gateway.chat("Go on [[sim: tokens=60 pause=30]]", { stream: true });
    const plain = gateway.chat("Reply with exactly: whole [[sim: hold]]");
    await simulator.whenHeld(2);
    const exit = server.kill("SIGTERM");
    await until("ready is 503", async () =>
      (await statusOf(`${url}/health/ready`)) === 503 ? true : null,
    );
    assert.equal(await statusOf(`${url}/health/live`), 200);
    const late = await gateway.chat("Hello");
    assert.equal(late.status, 503);
    assert.equal(late.headers.get("x-should-retry"), "true");
    assert.match(await late.text(), /"code":"draining"/);
    await gateway.letGo(2);
    assert.match(await (await plain).text(), /"content":"whole"/);
    const text = await stream.text();
    assert.ok(text.endsWith("data: [DONE]\n\n"));
    assert.equal(text.match(/"delta":\{"content":"[^"]/g)?.length, 60);
    assert.equal(await exit, 0);
    const { rows, openIntents } = gateway.ledger;
    const outcomes = rows.map(({ attempt, outcome }) => [attempt, outcome]);
    assert.deepEqual(outcomes, [
      [0, "ok"],
      [1, "ok"],
      [0, "ok"],
      [1, "ok"],
    ]);
    assert.equal(openIntents, 0);
  });

  test("STR-12 a reader that lags still gets the end of its answer", async () => {
    await using gateway = await GatewayUnderTest.start();
    // More than the kernel takes: when the provider is done, the reader is far from it.
    const asked = { model: "sole", stream: true, max_tokens: 40_000 };
    const messages = [{ role: "user", content: "Go on [[sim: tokens=40000]]" }];
    const reader = RawClient.post(gateway, { ...asked, messages });
    await until("the provider has written all", () =>
      gateway.simulator.calls()[0]?.outcome === "complete" ? true : null,
    );
    const exit = gateway.server.kill("SIGTERM");
    await reader.readSlowly({ pauseMs: 20 });
    assert.ok(reader.tail.endsWith("data: [DONE]\n\n\r\n0\r\n\r\n"), JSON.stringify(reader.tail));
    assert.equal(await exit, 0);
  });

  test("OPS-8 a second one cuts and books the rest after 5 s", async () => {
    await using gateway = await GatewayUnderTest.start();
    const response = await gateway.chat("Hello [[sim: fault=stall after=1 tokens=9]]", {
      stream: true,
    });
    const reading = response.text().catch(() => "cut");
    const startedMs = performance.now();
    const exit = gateway.server.kill("SIGTERM");
    await until("it drains", async () =>
      (await statusOf(`${gateway.url}/health/ready`)) === 503 ? true : null,
    );
    process.kill(gateway.server.pid, "SIGTERM");
    assert.equal(await exit, 0);
    const tookMs = performance.now() - startedMs;
    // Without it the stall is waited for, which is half a minute.
    assert.ok(tookMs > 4_900 && tookMs < 20_000, `${tookMs} ms`);
    assert.ok(!(await reading).includes("[DONE]"));
    const { rows, openIntents } = gateway.ledger;
    assert.notEqual(rows[0]?.outcome, "ok");
    assert.deepEqual([rows.length, openIntents], [2, 0]);
  });
});

/** Kills a server in mid-stream and starts it again; how long that took, in milliseconds. */
async function killedInMidStream(t: TestContext): Promise<number> {
  const data = await folderOf(t);
  const config = (simulatorUrl: string) => ({
    ...steeredConfig(simulatorUrl),
    tenants: { demo: { budgets: [{ scope: "key" as const, window: "month" as const, usd: 1 }] } },
  });
  const killed = await GatewayUnderTest.start({ data, config });
  const asked = { stream: true, max_tokens: 100 };
  const response = await killed.chat("Go on [[sim: tokens=90 pause=30]]", asked);
  const reader = response.body?.getReader();
  await reader?.read();
  const before = killed.ledger;
  assert.deepEqual([before.openIntents, before.rows.length], [1, 0]);
  await killed.server.kill("SIGKILL");
  // WIR-5: the client sees a cut connection, not an end.
  const drain = async (): Promise<void> => {
    while (!(await reader?.read())?.done);
  };
  await assert.rejects(drain);
  await killed[Symbol.asyncDispose]();
  const startedMs = performance.now();
  await using next = await GatewayUnderTest.start({ data, config });
  const readyMs = performance.now() - startedMs;
  const { rows, openIntents, spentNanoUsd } = next.ledger;
  const [row] = rows;
  assert.deepEqual([rows.length, openIntents], [1, 0]);
  assert.deepEqual([row?.outcome, row?.attempt, row?.usageSource], ["unknown", 0, "unknown"]);
  // 100 tokens of output at 30 USD a million alone are 3,000,000 nano-USD.
  assert.ok((row?.costNanoUsd ?? 0) > 3_000_000);
  assert.equal(spentNanoUsd, row?.costNanoUsd);
  assert.equal((await next.usage()).requests, 1);
  const again = await next.chat("Hello");
  assert.equal(again.status, 200);
  await again.arrayBuffer();
  return readyMs;
}

test("MON-10 kill -9 in mid-stream: ready in 2 s, one unknown row, its money spent", (t) =>
  assertOnce(() => killedInMidStream(t), { limitMs: 2_000 }));

test("OPS-3 SIGHUP reads the file again; a wrong one leaves the last good one", async (t) => {
  const folder = await folderOf(t);
  const file = join(folder, "sekisho.yaml");
  const yaml = (name: string): string =>
    `providers: { sim: { kind: simulator } }\n` +
    `models: { ${name}: { targets: [{ provider: sim, model: gpt-4 }] } }\ntenants: { demo: {} }\n`;
  writeFileSync(file, yaml("old"));
  await using server = await ServerProcess.start({ env: { SEKISHO_CONFIG: file } });
  const names = async (): Promise<string> => {
    const headers = { authorization: `Bearer ${server.ready.demoKey}` };
    const response = await fetch(`${server.url}/v1/models`, { headers });
    return response.text();
  };
  assert.match(await names(), /"id":"old"/);
  writeFileSync(file, yaml("new"));
  process.kill(server.pid, "SIGHUP");
  await until("the new name", async () => (/"id":"new"/.test(await names()) ? true : null));
  assert.doesNotMatch(await names(), /"id":"old"/);
  writeFileSync(file, "models: 7\n");
  process.kill(server.pid, "SIGHUP");
  await until("the complaint", () => (server.log.includes("stays as it was") ? true : null));
  assert.match(await names(), /"id":"new"/);
  assert.match(readFileSync(file, "utf8"), /7/);
  const reloads = /"event":"admin.config.reloaded"[^\n]*"by":"SIGHUP"/g;
  assert.equal(server.log.match(reloads)?.length, 1, "the one that changed something is audited");
});
