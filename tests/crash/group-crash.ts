import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import { startSimulator, type Simulator } from "@sekisho/simulator/server.ts";
import type { LedgerVerdict } from "@sekisho/wire/admin/audit.ts";
import { ServerProcess } from "../harness/server-process.ts";
import { until } from "../harness/until.ts";
import { GroupLoad, groupConfig } from "./group-load.ts";
import { readBooks, type StoredBooks } from "./stored-books.ts";

const callsInRun = 60;

const clock = new SystemClock();

/** A group of two on a folder and a provider that outlive it. */
class Scene implements AsyncDisposable {
  readonly simulator: Simulator;
  readonly data: string;
  readonly load = new GroupLoad();
  readonly #folder: string;

  private constructor(simulator: Simulator, folder: string) {
    this.simulator = simulator;
    this.#folder = folder;
    this.data = join(folder, "data");
  }

  static async open(): Promise<Scene> {
    const folder = await mkdtemp(join(tmpdir(), "sekisho-group-"));
    return new Scene(await startSimulator({ port: 0, seed: 1, clock }), folder);
  }

  /** `crashAt`: of the first of the two; null starts a group that lives. */
  start(crashAt: number | null): Promise<ServerProcess> {
    const env: Record<string, string> = crashAt === null ? {} : { CRASH_AT: String(crashAt) };
    const config = JSON.stringify(groupConfig(this.simulator.url));
    return ServerProcess.start({ config, data: this.data, env });
  }

  /** When nothing is open any more: what the books and the provider say of the calls. */
  async closed(): Promise<StoredBooks> {
    return await until("every call is closed", () => {
      const books = readBooks(this.data);
      return books.openIntents === 0 && this.#spentIsBooked(books) ? books : null;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.simulator.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The last rows of calls follow their answers within 20 ms. */
  #spentIsBooked({ responses }: StoredBooks): boolean {
    const users = new Set(responses.map(({ user }) => user));
    return [...this.load.answered.keys()].every((user) => users.has(user));
  }
}

/** How many steps the first of two processes takes towards durability when nothing kills it. */
export async function countGroupSteps(): Promise<number> {
  await using scene = await Scene.open();
  await using server = await scene.start(0);
  await scene.load.run(server, callsInRun);
  await server.kill("SIGTERM");
  return Number(/"steps towards durability","count":(\d+)/.exec(server.log)?.[1]);
}

/** Every call has one row at most, an answered one its own; spent is what the rows say. */
function check({ load, simulator }: Scene, { responses, spent, orphans }: StoredBooks): void {
  const users = responses.map(({ user }) => user);
  assert.equal(new Set(users).size, users.length, "a call has several rows");
  assert.equal(orphans, 0);
  const rowOf = new Map(responses.map((row) => [row.user, row]));
  for (const user of users) assert.ok(load.begun.includes(user), `nobody made call ${user}`);
  for (const [user, id] of load.answered) assert.equal(rowOf.get(user)?.id, id, user);
  const costs = responses.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0);
  assert.deepEqual([...spent.values()], spent.size === 0 ? [] : [costs]);
  const asked = simulator.calls();
  assert.ok(asked.length <= responses.length, `${asked.length} asked, ${responses.length} booked`);
  const billed = asked.reduce((sum, { costNanoUsd }) => sum + (costNanoUsd ?? 0), 0);
  assert.ok(billed <= costs, `${billed} billed, ${costs} booked`);
}

/** The calls of all processes, dead and alive, are one chain: no day has a seal yet. */
async function checkChain({ ready }: ServerProcess): Promise<void> {
  const answer = await fetch(`${ready.urls["admin"]}/admin/ledger/verify?part=open`, {
    headers: { authorization: `Bearer ${ready.adminKey}` },
  });
  // The server's own answer.
  const verdict = (await answer.json()) as LedgerVerdict;
  assert.ok(verdict.ok, `the ledger does not fit: ${JSON.stringify(verdict)}`);
}

const logsIn = (data: string): number => {
  using database = new DatabaseSync(join(data, "sekisho.db"), { readOnly: true });
  return Number(database.prepare("SELECT count(*) AS n FROM ahead_logs").get()?.["n"]);
};

/**
 * The first of two processes dies at that step, then both in mid-load. Throws what was lost,
 * doubled or left open.
 */
export async function crashGroupAt(step: number): Promise<void> {
  await using scene = await Scene.open();
  try {
    await using server = await scene.start(step);
    await scene.load.run(server, callsInRun);
    check(scene, await scene.closed());
    await until("each process has one log", () => (logsIn(scene.data) === 2 ? true : null));
    const cut = scene.load.run(server, callsInRun);
    await until("calls are under way", () =>
      scene.load.begun.length >= 1.5 * callsInRun ? true : null,
    );
    await server.kill("SIGKILL");
    await cut;
  } catch (error) {
    // In its own start: nothing has been served.
    if (!String(error).includes("did not become ready")) throw error;
  }
  await using again = await scene.start(null);
  check(scene, await scene.closed());
  await scene.load.run(again, 2);
  check(scene, await scene.closed());
  await checkChain(again);
}
