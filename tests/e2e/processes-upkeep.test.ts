import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import type { HealthReport, ProcessHealth } from "@sekisho/wire/admin/health.ts";
import { crashConfig } from "../crash/crash-config.ts";
import { keptPastCalls, past, writePastCalls } from "../crash/past-calls.ts";
import { askFresh } from "../harness/ask-fresh.ts";
import { ServerProcess } from "../harness/server-process.ts";
import { until } from "../harness/until.ts";

let folder: string;
let server: ServerProcess;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "sekisho-upkeep-"));
  const data = join(folder, "data");
  await writePastCalls(data, new SystemClock());
  // Nobody calls the provider.
  const config = JSON.stringify({ ...crashConfig("http://127.0.0.1:9"), processes: 3 });
  server = await ServerProcess.start({ config, data });
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

function ask(sql: string, ...params: string[]): number {
  using database = new DatabaseSync(join(server.data, "sekisho.db"), { timeout: 5_000 });
  return Number(database.prepare(sql).get(...params)?.["n"]);
}

const countOf = (what: string): number => ask(`SELECT count(*) AS n FROM ${what}`);
const linesWith = (text: string): string[] =>
  server.log.split("\n").filter((line) => line.includes(text));

async function processes(): Promise<readonly ProcessHealth[]> {
  const { text } = await askFresh(new URL("/health", server.url));
  // The server's own report.
  return (JSON.parse(text) as HealthReport).processes ?? [];
}

/** Ends it as a crash does, and resolves when another one serves in its place. */
async function crash(slot: number): Promise<void> {
  const victim = (await processes()).find((each) => each.slot === slot);
  assert.ok(typeof victim?.pid === "number");
  process.kill(victim.pid, "SIGKILL");
  await until(
    "the process is back",
    async () => {
      const now = (await processes().catch(() => [])).find((each) => each.slot === slot);
      const isBack = now?.restarts === victim.restarts + 1 && now.state === "serving";
      return isBack ? true : null;
    },
    30_000,
  );
}

const kept = "calls WHERE about ->> '$[0][0]' = 'past'";

test("MON-14 one of three processes seals and drops the days that are over", async () => {
  await until(
    "old days are dropped",
    // And the call of this day.
    () => (countOf(kept) === keptPastCalls + 1 ? true : null),
    30_000,
  );
  const sealed = linesWith("a day of the ledger is sealed");
  const days = sealed.map((line) => (JSON.parse(line) as { object: string }).object); // ours
  assert.equal(days.length, 3);
  assert.equal(new Set(days).size, 3);
  assert.deepEqual(linesWith("the ledger was not kept up"), []);
});

test("SEC-16 when that one dies another ends the erasures that a dead one has left", async () => {
  const ended = (): number => linesWith("an erasure that was cut off has ended").length;
  // What a process leaves that dies behind its first commit: see `eraseNames`.
  const begin = (): void => {
    using database = new DatabaseSync(join(server.data, "sekisho.db"), { timeout: 5_000 });
    database
      .prepare(
        `INSERT INTO erasures (pseudonym, tenant, user, sessions, place, owner)
          VALUES ('erased_1', ?, ?, '[]', 0, 'prc_dead')`,
      )
      .run(past.tenant, past.user);
  };
  assert.ok(ask("SELECT count(*) AS n FROM calls WHERE user = ?", past.user) > 0);
  begin();
  // In turn, so that the one that keeps the file up is among them.
  for (const slot of [1, 2, 3]) await crash(slot);
  await until("the erasure has ended", () => (countOf("erasures") === 0 ? true : null), 15_000);
  assert.equal(ask("SELECT count(*) AS n FROM calls WHERE user = ?", past.user), 0);
  await until("it is told", () => (ended() > 0 ? true : null));
  assert.equal(ended(), 1, "one process has done it");
});
