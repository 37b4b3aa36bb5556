import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { migrate } from "@sekisho/lib/storage/database/migrate.ts";
import { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import { MemoryWriter } from "@sekisho/lib/storage/memory/memory-writer.ts";
import { isConflict } from "@sekisho/lib/storage/storage-failure.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Call } from "../call.ts";
import type { ClaimScope } from "./claim-store.ts";
import { Claims, type ClaimLimits, type KnownAnswer } from "./claims.ts";
import { idempotencyMigrations } from "./store/migrations.sql.ts";
import { SqliteClaimStore } from "./store/sqlite.ts";

interface Answer extends KnownAnswer {
  readonly callId: string;
  end: { code: string | null } | null;
}

const limits: ClaimLimits = {
  keepMs: 86_400_000,
  contentWindowMs: 5_000,
  replayMs: 30_000,
  awsRetries: false,
};

const scopeOf = (name: string, rest: Partial<ClaimScope> = {}): ClaimScope => ({
  tenant: "t",
  surface: "openai.chat",
  reader: "",
  source: "key",
  name,
  ...rest,
});

/** What a call comes to: refused before it is sent, or sent and ended so; `null`: as a whole. */
type Fate = "refused" | Code | null;

/** One database file, with any number of processes on it. */
class World {
  readonly clock = new VirtualClock();
  readonly disk = new MemoryDisk(this.clock);
  readonly writer = new MemoryWriter({ disk: this.disk, clock: this.clock, onLoss: () => {} });
  readonly store = new SqliteClaimStore(this.disk.openReader());
  readonly answers = new Map<string, Answer>();
  readonly open = new Set<string>();
  /** Calls that were sent, by the name and the fingerprint of their request. */
  readonly sent: string[] = [];
  #calls = 0;

  constructor() {
    migrate(this.disk.database, idempotencyMigrations, this.clock);
  }

  process(): Claims<Answer> {
    return new Claims<Answer>({
      store: this.store,
      clock: this.clock,
      limits: () => limits,
      answerOf: (callId) => this.answers.get(callId) ?? null,
      isOpen: (callId) => this.open.has(callId),
      enqueue: (writes) => this.writer.enqueue(writes),
    });
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

  /** One request, as `OnceCalls` has it; resolves with the call that answers it. */
  async ask(
    claims: Claims<Answer>,
    scope: ClaimScope,
    { print = "p", fate = null }: { readonly print?: string; readonly fate?: Fate } = {},
  ): Promise<string> {
    for (;;) {
      const entered = await claims.enter(scope, print);
      if (entered.kind === "answered") return entered.answer.callId;
      const { turn } = entered;
      let isAnswered = false;
      try {
        const id = `call-${(this.#calls += 1)}`.padEnd(12);
        // Nothing else of a call is read.
        const call = { id, principal: { keyId: "k" } } as unknown as Call;
        if (fate === "refused") throw new Failure<Code>("rate_limited", "no");
        const answer: Answer = { callId: id, end: null, live: { log: { isKept: true } } };
        this.answers.set(id, answer);
        await this.driven(this.writer.commit(turn.take(call), "process"));
        this.sent.push(`${scope.name} ${print}`);
        isAnswered = true;
        if (fate !== null) {
          answer.end = { code: fate };
          this.writer.enqueue(turn.ended(id, fate));
        }
        return id;
      } catch (error) {
        if (!isConflict(error) || !turn.isTaken()) throw error;
      } finally {
        turn.over(isAnswered);
      }
    }
  }
}

const codeOf = (error: unknown): string => (error instanceof Failure ? error.code : String(error));

test("STR-13 requests of one name are one call in several processes", async () => {
  const request = fc.record({
    process: fc.nat(2),
    name: fc.constantFrom("a", "b"),
    fate: fc.constantFrom<Fate>(null, null, "refused"),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(request, { minLength: 1, maxLength: 24 }),
      fc.scheduler(),
      async (requests, scheduler) => {
        const world = new World();
        const processes = [world.process(), world.process(), world.process()];
        const asked = requests.map(async ({ process, name, fate }, n) => {
          await scheduler.schedule(Promise.resolve(), String(n));
          const claims = processes[process];
          assert.ok(claims !== undefined);
          return world.ask(claims, scopeOf(name), { fate }).catch(codeOf);
        });
        await scheduler.waitAll();
        const results = await Promise.all(asked);
        for (const name of ["a", "b"]) {
          const own = results.filter((_, n) => requests[n]?.name === name);
          const calls = new Set(own.filter((each) => each !== "rate_limited"));
          assert.ok(calls.size <= 1, `${name}: ${[...calls].join(", ")}`);
          assert.equal(world.sent.filter((each) => each === `${name} p`).length, calls.size);
          const last = requests.filter((each) => each.name === name && each.fate === null);
          if (last.length > 0) assert.equal(calls.size, 1, "whoever is not refused is answered");
        }
      },
    ),
  );
});

test("STR-13 a name that stands for another request is refused", async () => {
  const world = new World();
  const claims = world.process();
  const first = world.ask(claims, scopeOf("a"));
  await assert.rejects(world.ask(claims, scopeOf("a"), { print: "q" }), {
    code: "idempotency_mismatch",
  });
  await first;
  await assert.rejects(world.ask(claims, scopeOf("a"), { print: "q" }), {
    code: "idempotency_mismatch",
  });
  assert.deepEqual(world.sent, ["a p"]);
});

test("STR-13 of another tenant, surface or reader the name is another one", async () => {
  const world = new World();
  const claims = world.process();
  const own = await world.ask(claims, scopeOf("a"));
  for (const rest of [{ tenant: "u" }, { surface: "anthropic.messages" }, { reader: "r" }]) {
    assert.notEqual(await world.ask(claims, scopeOf("a", rest), { print: "q" }), own);
  }
  assert.equal(await world.ask(claims, scopeOf("a")), own);
});

test("STR-13 a name is free again after its time", async () => {
  const world = new World();
  const claims = world.process();
  const first = await world.ask(claims, scopeOf("a"));
  world.clock.advanceBy(limits.keepMs - 100);
  assert.equal(await world.ask(claims, scopeOf("a")), first);
  world.clock.advanceBy(100);
  assert.notEqual(await world.ask(claims, scopeOf("a"), { print: "q" }), first);
});

// What might succeed the next time answers nobody.
for (const [fate, isKept] of [
  ["upstream_error", false],
  ["upstream_auth", false],
  ["client_closed", false],
  ["slow_reader", false],
  ["internal", false],
  ["cancelled", true],
  ["content_filtered", true],
  ["upstream_rejected", true],
] as const) {
  test(`STR-13 after ${fate} the next ${isKept ? "gets the same" : "is its own"}`, async () => {
    const world = new World();
    const claims = world.process();
    const first = await world.ask(claims, scopeOf("a"), { fate });
    // Before its end is written, and after.
    const second = await world.ask(claims, scopeOf("a"));
    assert.equal(second === first, isKept);
    world.clock.advanceBy(1_000);
    assert.equal(await world.ask(claims, scopeOf("a")), second);
  });
}

test("STR-13 what became of a call is unknown, or it is under way elsewhere", async () => {
  const world = new World();
  const first = await world.ask(world.process(), scopeOf("a"));
  const claims = world.process();
  world.answers.delete(first);
  world.open.add(first);
  await assert.rejects(world.ask(claims, scopeOf("a")), { code: "idempotency_in_progress" });
  world.open.delete(first);
  await assert.rejects(world.ask(claims, scopeOf("a")), { code: "outcome_unknown" });
  const end = { code: "stream_interrupted" };
  world.answers.set(first, { callId: first, end, live: null });
  await assert.rejects(world.ask(claims, scopeOf("a")), {
    code: "outcome_unknown",
    details: { param: "idempotency-key", facts: { ledgerId: `req_${first}` } },
  });
  assert.deepEqual(world.sent, ["a p"]);
});

test("STR-13 a record that is never ended is in progress for a minute", async () => {
  const world = new World();
  const first = await world.ask(world.process(), scopeOf("a"));
  const claims = world.process();
  world.answers.set(first, { callId: first, end: null, live: null });
  world.open.add(first);
  assert.equal(await world.ask(claims, scopeOf("a")), first);
  world.open.delete(first);
  await assert.rejects(world.ask(claims, scopeOf("a")), { code: "idempotency_in_progress" });
  world.clock.advanceBy(60_000);
  await assert.rejects(world.ask(claims, scopeOf("a")), { code: "outcome_unknown" });
});

test("STR-13 each repetition begins the window anew, up to its bound", async () => {
  const world = new World();
  const claims = world.process();
  const said = scopeOf("hash", { source: "content", reader: "k" });
  const first = await world.ask(claims, said);
  for (let ms = 0; ms + 4_000 < limits.replayMs; ms += 4_000) {
    world.clock.advanceBy(4_000);
    assert.equal(await world.ask(claims, said), first, `${ms}`);
    await world.driven(world.writer.flush());
  }
  world.clock.advanceBy(4_000);
  const later = await world.ask(claims, said);
  assert.notEqual(later, first);
  world.clock.advanceBy(limits.contentWindowMs);
  assert.notEqual(await world.ask(claims, said), later);
});
