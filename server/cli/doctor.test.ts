import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { checkClock, checkNode } from "./doctor.ts";
import { dataChecks, judgeSpace } from "./doctor-data.ts";
import type { Finding } from "./doctor-finding.ts";
import { networkChecks } from "./doctor-network.ts";
import { runCommandLine } from "./sekisho.ts";

const makeFolder = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), "sekisho-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
};

const listen = async (t: TestContext, answer: RequestListener): Promise<number> => {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return address.port;
};

const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  await new Promise((resolve) => server.close(resolve));
  return address.port;
};

const levelOf = (findings: readonly Finding[], check: string): string | undefined =>
  findings.find((each) => each.check === check)?.level;

test("Node older than 24.12 fails, newer passes", () => {
  for (const version of ["24.12.0", "24.13.1", "26.10.0", "100.0.0"]) {
    assert.equal(checkNode(version).level, "ok", version);
  }
  for (const version of ["20.20.2", "24.11.9", "23.99.0", ""]) {
    assert.equal(checkNode(version).level, "fail", version);
  }
});

test("a clock before this version was made fails", () => {
  assert.equal(checkClock(0).level, "fail");
  assert.equal(checkClock(1_800_000_000_000).level, "ok");
});

test("little disk space warns, none fails", () => {
  const mib = 1024 * 1024;
  const levels = [5, 500, 5000].map((count) => judgeSpace(count * mib).level);
  assert.deepEqual(levels, ["fail", "warn", "ok"]);
});

test("a data folder that exists is tried, one that does not is not made", (t) => {
  const folder = makeFolder(t);
  assert.equal(levelOf(dataChecks(folder), "data folder"), "ok");
  assert.equal(levelOf(dataChecks(join(folder, "a", "b")), "data folder"), "ok");
  assert.deepEqual(readdirSync(folder), []);
});

test("a data folder that is a file fails", (t) => {
  const path = join(makeFolder(t), "data");
  writeFileSync(path, "");
  const findings = dataChecks(path);
  assert.equal(levelOf(findings, "data folder"), "fail");
  assert.match(findings[0]?.advice ?? "", /--data/);
});

test("SEC-9 secret files that others can read fail", (t) => {
  const folder = makeFolder(t);
  const path = join(folder, "pepper.json");
  writeFileSync(path, "{}", { mode: 0o600 });
  assert.equal(levelOf(dataChecks(folder), "secrets"), "ok");
  chmodSync(path, 0o640);
  assert.equal(levelOf(dataChecks(folder), "secrets"), "fail");
});

test("a free port is fine", async (t) => {
  const findings = await networkChecks({ port: await freePort(), folder: makeFolder(t) });
  assert.equal(levelOf(findings, "port"), "ok");
});

test("a port that another program has fails", async (t) => {
  const port = await listen(t, (_, response) => response.end("<html>hello"));
  const findings = await networkChecks({ port, folder: makeFolder(t) });
  assert.equal(levelOf(findings, "port"), "fail");
});

test("our server on the port, or the one that the data folder names, is fine", async (t) => {
  const port = await listen(t, ({ url }, response) => {
    assert.equal(url, "/health/ready");
    response.end('{"status":"ready"}');
  });
  const folder = makeFolder(t);
  assert.equal(levelOf(await networkChecks({ port, folder }), "server"), "ok");
  const adminUrl = `http://127.0.0.1:${port}`;
  writeFileSync(join(folder, "server.json"), JSON.stringify({ adminUrl }));
  const findings = await networkChecks({ port: await freePort(), folder });
  assert.deepEqual([levelOf(findings, "server"), levelOf(findings, "port")], ["ok", undefined]);
});

test("a server that is not ready warns, a stale address falls back to the port", async (t) => {
  const port = await listen(t, (_, response) => {
    response.statusCode = 503;
    response.end('{"status":"draining"}');
  });
  const folder = makeFolder(t);
  assert.equal(levelOf(await networkChecks({ port, folder }), "server"), "warn");
  const adminUrl = `http://127.0.0.1:${await freePort()}`;
  writeFileSync(join(folder, "server.json"), JSON.stringify({ adminUrl }));
  const findings = await networkChecks({ port: await freePort(), folder });
  assert.equal(levelOf(findings, "port"), "ok");
});

test("doctor prints a line per check and what to do, and fails if one fails", async (t) => {
  const folder = makeFolder(t);
  const config = join(folder, "sekisho.yaml");
  const data = join(folder, "data");
  mkdirSync(data);
  const run = async (...more: readonly string[]) => {
    let out = "";
    const words = ["doctor", "--config", config, "--data", data, "--port", String(port), ...more];
    const exit = await runCommandLine(words, {
      out: (text) => void (out += text),
      err: assert.fail,
      env: {},
      clock: new VirtualClock(),
    });
    return { exit, out };
  };
  const port = await freePort();
  writeFileSync(config, "log: { level: info }\n");
  const good = await run("--json");
  const checks: Finding[] = JSON.parse(good.out).checks;
  for (const check of ["node", "config", "data folder", "disk", "clock", "loopback", "port"]) {
    assert.notEqual(levelOf(checks, check), undefined, check);
  }
  writeFileSync(config, "log: { levle: info }\n");
  const bad = await run();
  assert.equal(bad.exit, "failed");
  assert.match(bad.out, /^fail +config +.*levle/m);
  assert.match(bad.out, /What to do:\nconfig: correct it/);
});
