import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import { startSimulator, type Simulator } from "@sekisho/simulator/server.ts";
import type { HealthReport, ProcessHealth } from "@sekisho/wire/admin/health.ts";
import { askFresh } from "../harness/ask-fresh.ts";
import { ServerProcess } from "../harness/server-process.ts";
import { until } from "../harness/until.ts";
import { crashConfig, secrets, shop } from "./crash-config.ts";
import { readyWithinMs } from "./crash-run.ts";
import { readBooks } from "./stored-books.ts";

const heldCalls = 24;
/** On a busy machine: so much longer than a start on an empty folder, a moment before. */
const longerMs = 1_000;

const clock = new SystemClock();

/** Starts a group of two, and says how long that took. */
async function startGroup(
  simulator: Simulator,
  data?: string,
): Promise<{ readonly server: ServerProcess; readonly readyMs: number }> {
  const config = JSON.stringify({ ...crashConfig(simulator.url), processes: 2 });
  const startedMs = clock.monotonicMs();
  const server = await ServerProcess.start({ config, ...(data === undefined ? {} : { data }) });
  return { server, readyMs: clock.monotonicMs() - startedMs };
}

async function processes({ url }: ServerProcess): Promise<readonly ProcessHealth[]> {
  // The server's own report.
  return (
    (JSON.parse((await askFresh(new URL("/health", url))).text) as HealthReport).processes ?? []
  );
}

/** Calls that the provider has and does not answer, over both processes. */
async function hold({ url }: ServerProcess, simulator: Simulator): Promise<Promise<unknown>[]> {
  const asked = Array.from({ length: heldCalls }, (_, n) =>
    askFresh(new URL("/v1/chat/completions", url), {
      method: "POST",
      headers: {
        authorization: `Bearer ${secrets.till}`,
        "content-type": "application/json",
        "x-sekisho-user": `user-${n}`,
      },
      body: JSON.stringify({
        model: "plain",
        messages: [{ role: "user", content: "Go on [[sim: hold tokens=10]]" }],
      }),
    }).catch(() => null),
  );
  await simulator.whenHeld(heldCalls);
  return asked;
}

const intentsIn = (data: string): { count: number; nanoUsd: number; slices: number } => {
  using database = new DatabaseSync(join(data, "sekisho.db"), { readOnly: true });
  const number = (sql: string): number => Number(database.prepare(sql).get()?.["n"]);
  return {
    count: number("SELECT count(*) AS n FROM intents"),
    nanoUsd: number("SELECT coalesce(sum(reserved_nano_usd), 0) AS n FROM intents"),
    slices: number("SELECT count(*) AS n FROM budget_slices"),
  };
};

const killed = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended with the first process.
  }
};

test("SIM-11 a group that is killed with calls under way serves again within 2 s", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sekisho-group-"));
  await using simulator = await disposable();
  try {
    const first = await startGroup(simulator.open, join(folder, "data"));
    await using server = first.server;
    const asked = await hold(server, simulator.open);
    const { data } = server;
    const before = intentsIn(data);
    assert.equal(before.count, heldCalls);
    assert.ok(before.slices > 0, "the processes hold slices");
    const pids = (await processes(server)).map(({ pid }) => pid ?? 0);
    await server.kill("SIGKILL");
    for (const pid of pids) killed(pid);
    await Promise.all(asked);
    const again = await startGroup(simulator.open, data);
    await using restarted = again.server;
    const limitMs = Math.max(readyWithinMs, first.readyMs + longerMs);
    assert.ok(again.readyMs <= limitMs, `ready after ${again.readyMs} ms, ${limitMs} allowed`);
    assertClosed(data, before.nanoUsd);
    assert.ok((await processes(restarted)).every(({ state }) => state === "serving"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** Every call has its row, what was reserved is spent, and nothing is held. */
function assertClosed(data: string, reservedNanoUsd: number): void {
  const { responses, spent } = readBooks(data);
  assert.deepEqual(intentsIn(data), { count: 0, nanoUsd: 0, slices: 0 });
  assert.equal(responses.filter(({ outcome }) => outcome === "unknown").length, heldCalls);
  const costs = responses.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0);
  assert.equal(costs, reservedNanoUsd);
  const [account = ""] = [...spent.keys()].filter((name) => name.startsWith(`tenant:${shop}`));
  assert.equal(spent.get(account), reservedNanoUsd, [...spent.keys()].join());
}

test("SIM-11 a process that is killed with calls under way is replaced within 2 s", async () => {
  await using simulator = await disposable();
  const { server, readyMs } = await startGroup(simulator.open);
  await using running = server;
  const asked = await hold(running, simulator.open);
  const [victim, other] = await processes(running);
  assert.ok(typeof victim?.pid === "number" && other !== undefined);
  process.kill(victim.pid, "SIGKILL");
  const killedMs = clock.monotonicMs();
  await until(
    "another one serves in its place",
    async () => {
      const now = await processes(running).catch(() => []);
      return now[0]?.restarts === 1 && now[0].state === "serving" ? true : null;
    },
    15_000,
  );
  const backMs = clock.monotonicMs() - killedMs;
  // The whole group with its first process takes longer to start than one of its workers.
  const limitMs = Math.max(readyWithinMs, readyMs + longerMs);
  assert.ok(backMs <= limitMs, `back after ${backMs} ms, ${limitMs} allowed`);
  simulator.open.release();
  const answers = await Promise.all(asked);
  const cut = answers.filter((answer) => answer === null).length;
  assert.ok(cut > 0 && cut < heldCalls, `${cut} of ${heldCalls} were cut`);
  await until("every call is closed", () => (intentsIn(running.data).count === 0 ? true : null));
  const unknown = readBooks(running.data).responses.filter(({ outcome }) => outcome === "unknown");
  assert.equal(unknown.length, cut);
});

async function disposable(): Promise<{ readonly open: Simulator } & AsyncDisposable> {
  const open = await startSimulator({ port: 0, seed: 1, clock });
  return { open, [Symbol.asyncDispose]: () => open.close() };
}
