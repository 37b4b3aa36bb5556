import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { migrate } from "@sekisho/lib/storage/database/migrate.ts";
import { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import { MemoryWriter } from "@sekisho/lib/storage/memory/memory-writer.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import fc from "fast-check";
import type { Call } from "../call.ts";
import type { Claim, ClaimScope } from "./claim-store.ts";
import { Claims, type KnownAnswer } from "./claims.ts";
import { RecentClaims, trustMs } from "./recent-claims.ts";
import { idempotencyMigrations } from "./store/migrations.sql.ts";
import { SqliteClaimStore } from "./store/sqlite.ts";

const keepMs = 3_600_000;
const noWork = (): Promise<void> => Promise.resolve();

class CountedStore extends SqliteClaimStore {
  looks = 0;

  override find(scope: ClaimScope): Claim | null {
    this.looks += 1;
    return super.find(scope);
  }
}

/** Processes on one file, whose calls are over as soon as they are sent. */
class World {
  readonly clock = new VirtualClock();
  readonly #disk = new MemoryDisk(this.clock);
  readonly #writer = new MemoryWriter({ disk: this.#disk, clock: this.clock, onLoss: () => {} });
  readonly store: CountedStore;
  readonly answers = new Map<string, KnownAnswer>();
  readonly processes: readonly Claims<KnownAnswer>[];
  end: KnownAnswer["end"] = { code: null };
  #calls = 0;

  constructor() {
    migrate(this.#disk.database, idempotencyMigrations, this.clock);
    this.store = new CountedStore(this.#disk.openReader());
    const limits = { keepMs, contentWindowMs: 0, replayMs: 0, awsRetries: false };
    this.processes = [0, 1].map(
      () =>
        new Claims<KnownAnswer>({
          store: this.store,
          clock: this.clock,
          limits: () => limits,
          answerOf: (callId) => this.answers.get(callId) ?? null,
          isOpen: () => false,
          enqueue: (writes) => this.#writer.enqueue(writes),
        }),
    );
  }

  /** The call that answers it; its code where it is refused. */
  async ask(process: number, name: string, print = "p"): Promise<string> {
    const scope = { tenant: "t", surface: "openai.chat", reader: "", source: "key", name } as const;
    try {
      const entered = await this.#claims(process).enter(scope, print);
      if (entered.kind === "answered") return entered.callId;
      const id = `call-${(this.#calls += 1)}`;
      // Nothing else of a call is read.
      const writes = entered.turn.take({ id, principal: { keyId: "k" } } as unknown as Call);
      await this.driven(this.#writer.commit(writes, "process"));
      this.answers.set(id, { end: this.end, live: null });
      entered.turn.over(true);
      return id;
    } catch (error) {
      if (error instanceof Failure) return error.code;
      throw error;
    }
  }

  /** `before` comes between the order and its commit. */
  async forget(process: number, callId: string, before = noWork): Promise<void> {
    const write = this.#claims(process).forget(callId);
    await before();
    await this.driven(this.#writer.commit([write], "power"));
  }

  /** What the disk takes some time for. */
  async driven(work: Promise<void>): Promise<void> {
    let isOver = false;
    work.catch(() => {}).finally(() => (isOver = true));
    while (!isOver) {
      this.clock.advanceBy(0.1);
      await Promise.resolve();
    }
    return work;
  }

  #claims(process: number): Claims<KnownAnswer> {
    return this.processes[process] ?? assert.fail("there are two");
  }
}

test("STR-13 PRF-7 a name whose answer is over is looked for once in 250 ms", async () => {
  const world = new World();
  const first = await world.ask(0, "a");
  const before = world.store.looks;
  for (let n = 0; n < 100; n += 1) {
    assert.equal(await world.ask(0, "a"), first);
    world.clock.advanceBy(1);
  }
  assert.equal(world.store.looks - before, 1);
  world.clock.advanceBy(trustMs);
  assert.equal(await world.ask(0, "a"), first);
  assert.equal(world.store.looks - before, 2);
});

test("STR-13 another fingerprint, or an answer that is gone, is looked for anew", async () => {
  const world = new World();
  const first = await world.ask(0, "a");
  assert.equal(await world.ask(0, "a"), first);
  assert.equal(await world.ask(0, "a", "q"), "idempotency_mismatch");
  world.answers.delete(first);
  assert.equal(await world.ask(0, "a"), "outcome_unknown");
});

test("STR-13 an answer under way, or one to be tried again, is not taken for kept", async () => {
  const world = new World();
  world.end = null;
  const running = await world.ask(0, "a");
  const before = world.store.looks;
  world.answers.set(running, { end: null, live: { log: { isKept: true } } });
  for (let n = 0; n < 3; n += 1) assert.equal(await world.ask(0, "a"), running);
  assert.equal(world.store.looks - before, 3);
  world.answers.set(running, { end: { code: "upstream_unavailable" }, live: null });
  world.end = { code: null };
  assert.notEqual(await world.ask(0, "a"), running);
});

test("STR-13 what is asked for while it is being forgotten does not come back", async () => {
  const world = new World();
  const first = await world.ask(0, "a");
  await world.forget(0, first, async () => {
    assert.equal(await world.ask(0, "a"), first, "it stands until it is committed");
  });
  assert.notEqual(await world.ask(0, "a"), first);
});

test("STR-13 a name is free when its time is over, though it was read just before", async () => {
  const world = new World();
  const first = await world.ask(0, "a");
  world.clock.advanceBy(keepMs - 100);
  assert.equal(await world.ask(0, "a"), first);
  world.clock.advanceBy(101);
  assert.notEqual(await world.ask(0, "a"), first);
});

test("STR-13 who has taken a name stays, though the wall clock is set back", async () => {
  const world = new World();
  const first = await world.ask(0, "a");
  world.clock.advanceBy(keepMs - 100);
  assert.equal(await world.ask(0, "a"), first);
  world.clock.advanceBy(101);
  const second = await world.ask(0, "a");
  assert.notEqual(second, first);
  world.clock.stepWall(-1_000);
  assert.equal(await world.ask(0, "a"), second);
});

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("ask" as const),
      process: fc.nat(1),
      name: fc.constantFrom("a", "a", "b"),
      print: fc.constantFrom("p", "p", "p", "q"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("forget" as const),
      process: fc.nat(1),
      name: fc.constantFrom("a", "a", "b"),
      isErased: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("pass" as const),
      ms: fc.constantFrom(0, 1, 100, 249, 300),
    }),
  },
);

interface Standing {
  readonly callId: string;
  readonly print: string;
}

/** One that was forgotten, by whom and when; erased: its answer is gone as well. */
interface Former extends Standing {
  readonly process: number;
  readonly atMs: number;
  readonly isErased: boolean;
}

test("STR-13 what is forgotten holds here at once, elsewhere within 250 ms", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (steps) => {
      const world = new World();
      const standing = new Map<string, Standing>();
      const former = new Map<string, Former[]>();
      for (const each of steps) {
        if (each.kind === "pass") {
          world.clock.advanceBy(each.ms);
          continue;
        }
        const { process, name } = each;
        const now = standing.get(name) ?? null;
        if (each.kind === "forget") {
          if (now === null) continue;
          if (each.isErased) world.answers.delete(now.callId);
          await world.forget(process, now.callId);
          standing.delete(name);
          const { isErased } = each;
          const atMs = world.clock.monotonicMs();
          former.set(name, [...(former.get(name) ?? []), { ...now, process, atMs, isErased }]);
          continue;
        }
        const { print } = each;
        const askedMs = world.clock.monotonicMs();
        const told = await world.ask(process, name, print);
        const stale = (former.get(name) ?? []).find(({ callId }) => callId === told);
        if (stale !== undefined) {
          assert.ok(!stale.isErased, "what is erased is given to nobody");
          assert.notEqual(stale.process, process, "who has forgotten it knows");
          assert.equal(stale.print, print);
          assert.ok(askedMs - stale.atMs < trustMs, "it is given for too long");
        } else if (now === null) {
          standing.set(name, { callId: told, print });
        } else {
          assert.equal(told, now.print === print ? now.callId : "idempotency_mismatch");
        }
      }
    }),
    { numRuns: 300 },
  );
});

test("PRF-7 names in memory are bounded, and those that nobody trusts any more are gone", () => {
  const clock = new VirtualClock();
  const recent = new RecentClaims(clock);
  const claim = {} as Claim; // nothing of it is read
  for (let n = 0; n < 10_000; n += 1) {
    recent.keep(String(n), claim, clock.monotonicMs());
    assert.ok(recent.size <= 2_048);
  }
  assert.equal(recent.find("0"), null);
  assert.equal(recent.find("9999"), claim);
  clock.advanceBy(trustMs);
  assert.equal(recent.find("9999"), null);
  recent.keep("last", claim, clock.monotonicMs());
  assert.equal(recent.size, 1);
  recent.changing();
  recent.keep("last", claim, clock.monotonicMs());
  assert.equal(recent.size, 0);
});
