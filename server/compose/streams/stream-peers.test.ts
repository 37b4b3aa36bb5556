import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { Peers } from "../../processes/peers.ts";
import { StreamPeers } from "./stream-peers.ts";

/** Processes that hear each other, until one is cut off. */
class Host {
  readonly clock = new VirtualClock();
  readonly #processes: FakePeers[] = [];

  join(): FakePeers {
    const process = new FakePeers(this);
    this.#processes.push(process);
    return process;
  }

  get size(): number {
    return this.#processes.length;
  }

  others(own: FakePeers): readonly FakePeers[] {
    return own.isCutOff ? [] : this.#processes.filter((each) => each !== own && !each.isCutOff);
  }
}

class FakePeers implements Peers {
  isCutOff = false;
  readonly readers = new Map<string, (data: unknown) => void>();
  readonly answers = new Map<string, (data: unknown) => unknown>();
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  publish(topic: string, data: unknown): void {
    for (const each of this.#host.others(this)) each.readers.get(topic)?.(structuredClone(data));
  }

  subscribe(topic: string, read: (data: unknown) => void): void {
    this.readers.set(topic, read);
  }

  async ask(topic: string, data?: unknown): Promise<readonly unknown[]> {
    const asked = this.#host.others(this).map(({ answers }) => answers.get(topic));
    const answers = await Promise.all(asked.map((answer) => answer?.(structuredClone(data))));
    return answers.filter((answer) => answer !== null);
  }

  answer(topic: string, make: (data: unknown) => unknown): void {
    this.answers.set(topic, make);
  }
}

/** A process that makes the streams named, with what befalls them. */
function processOn(host: Host, slot: number, made: readonly string[]) {
  const link = host.join();
  const peers = new StreamPeers(link, { slot, others: () => host.size - 1 }, host.clock);
  const running = new Set(made);
  const kept = new Set(made);
  const readers = new Map<string, number>();
  const count = (id: string, by: number): void => void readers.set(id, (readers.get(id) ?? 0) + by);
  peers.serve({
    streams: {
      attach(id) {
        if (!running.has(id)) return null;
        count(id, 1);
        return () => count(id, -1);
      },
      cancel: (id) => (kept.has(id) ? running.delete(id) : null),
      take: async (id) => void kept.delete(id),
      async eraseOwn({ user }) {
        if (user === "nobody") throw new Error("somebody reads there");
        const ids = [...kept];
        kept.clear();
        return ids;
      },
    },
    // No more is asked of it than whether it has it.
    own: { find: (id) => (kept.has(id) ? ({} as never) : null) },
  });
  return { link, peers, readers, kept };
}

test("STR-6 a reader in another process holds a stream until it leaves", () => {
  const host = new Host();
  const maker = processOn(host, 1, ["a", "b"]);
  const reader = processOn(host, 2, []);
  const third = processOn(host, 3, []);
  const leaves = [reader.peers.reading("a"), reader.peers.reading("a"), third.peers.reading("a")];
  assert.deepEqual([...maker.readers], [["a", 2]]);
  host.clock.advanceBy(60_000);
  assert.deepEqual([...maker.readers], [["a", 2]]);
  leaves[0]?.();
  leaves[0]?.();
  assert.deepEqual([...maker.readers], [["a", 2]]);
  leaves[1]?.();
  assert.deepEqual([...maker.readers], [["a", 1]]);
  leaves[2]?.();
  assert.deepEqual([...maker.readers], [["a", 0]]);
  host.clock.advanceBy(60_000);
  assert.equal(host.clock.pendingTimers, 0);
});

test("STR-6 a process that dies, or stops, reads no more", () => {
  const host = new Host();
  const maker = processOn(host, 1, ["a"]);
  const dies = processOn(host, 2, []);
  dies.peers.reading("a");
  dies.link.isCutOff = true;
  host.clock.advanceBy(5_999);
  assert.equal(maker.readers.get("a"), 1);
  host.clock.advanceBy(2_001);
  assert.equal(maker.readers.get("a"), 0);
  const stops = processOn(host, 3, []);
  stops.peers.reading("a");
  assert.equal(maker.readers.get("a"), 1);
  stops.peers[Symbol.dispose]();
  assert.equal(maker.readers.get("a"), 0);
});

test("STR-6 one that takes the place of a dead process has none of its readers", () => {
  const host = new Host();
  const maker = processOn(host, 1, ["a", "b"]);
  const dies = processOn(host, 2, []);
  dies.peers.reading("a");
  dies.link.isCutOff = true;
  processOn(host, 2, []).peers.reading("b");
  host.clock.advanceBy(2_000);
  assert.deepEqual(
    [...maker.readers],
    [
      ["a", 0],
      ["b", 1],
    ],
  );
});

test("STR-6 what is cancelled or taken away elsewhere is so where it is made", async () => {
  const host = new Host();
  const maker = processOn(host, 1, ["a"]);
  const other = processOn(host, 2, ["b"]);
  const { peers } = processOn(host, 3, []);
  assert.equal(await peers.cancel("a"), true);
  assert.equal(await peers.cancel("a"), false);
  assert.equal(await peers.cancel("nobody's"), null);
  assert.equal(await peers.remove("b"), true);
  assert.equal(await peers.remove("b"), false);
  assert.deepEqual([[...maker.kept], [...other.kept]], [["a"], []]);
  other.link.isCutOff = true;
  maker.link.isCutOff = true;
  assert.equal(await peers.cancel("a"), null);
});

test("SEC-16 what the others have answered is taken away, or it is told", async () => {
  const host = new Host();
  const asks = processOn(host, 1, ["a"]);
  const others = [processOn(host, 2, ["b", "c"]), processOn(host, 3, ["d"])];
  const owners = { tenant: "t", user: "nobody", sessions: [] };
  await assert.rejects(asks.peers.erase(owners), { code: "conflict" });
  assert.deepEqual((await asks.peers.erase({ ...owners, user: "u" })).toSorted(), ["b", "c", "d"]);
  assert.deepEqual(
    [asks, ...others].map(({ kept }) => kept.size),
    [1, 0, 0],
  );
  for (const { link } of others.slice(0, 1)) link.isCutOff = true;
  await assert.rejects(asks.peers.erase({ ...owners, user: "u" }), { code: "conflict" });
});
