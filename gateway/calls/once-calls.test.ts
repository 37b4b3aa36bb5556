import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { migrate } from "@sekisho/lib/storage/database/migrate.ts";
import { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import { MemoryWriter } from "@sekisho/lib/storage/memory/memory-writer.ts";
import { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import { TimerWheel } from "@sekisho/lib/time/timer-wheel.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Admitted } from "../admission/admission.ts";
import type { Arrival } from "../arrival.ts";
import type { Call } from "../call.ts";
import { Claims } from "../idempotency/claims.ts";
import { idempotencyMigrations } from "../idempotency/store/migrations.sql.ts";
import { SqliteClaimStore } from "../idempotency/store/sqlite.ts";
import { CallRepeated } from "../observe/call-repeated.ts";
import { readableLog } from "../observe/log-fixture.ts";
import { OnceCalls, type OnceCall, type OnceCallsParts } from "./once-calls.ts";
import type { FoundStream } from "../responses/found-stream.ts";
import { Response } from "../responses/response.ts";
import { MemoryStreamDisk, MemoryStreamFiles } from "../responses/store/memory-files-fixture.ts";
import { SqliteStreamStore } from "../responses/store/sqlite.ts";
import type { SurfaceHead } from "../request.ts";
import { Streams } from "../responses/streams.ts";
import { validate } from "../validate/validate.ts";

/** What becomes of a call behind its admission. */
type Fate = "runs" | "refused" | "defect";

const body = Buffer.from('{"model":"m","messages":[{"role":"user","content":"Hello"}]}');

class World {
  readonly clock = new VirtualClock();
  readonly ids = new IdSource(this.clock, new SeededRandom(1));
  readonly #disk = new MemoryDisk(this.clock);
  readonly #writer = new MemoryWriter({ disk: this.#disk, clock: this.clock, onLoss: () => {} });
  readonly streamStore = new SqliteStreamStore(
    new MemoryStreamFiles(new MemoryStreamDisk(this.clock), this.clock),
    this.clock,
  );
  readonly calls: OnceCalls;
  readonly begun: string[] = [];
  readonly responses: Response[] = [];
  /** Calls that were admitted and not counted out. */
  open = 0;
  fate: Fate = "runs";

  constructor() {
    migrate(this.#disk.database, idempotencyMigrations, this.clock);
    const { clock } = this;
    const streams = new Streams({
      store: this.streamStore,
      clock,
      wheel: new TimerWheel(clock),
      limits: { graceMs: 10_000, keepMs: 600_000, keptBytes: 1_000_000 },
      lost: (_id, why) => assert.fail(String(why)),
    });
    const claims = new Claims<FoundStream>({
      store: new SqliteClaimStore(this.#disk.openReader()),
      clock,
      limits: () => ({ keepMs: 1e9, contentWindowMs: 0, replayMs: 0, awsRetries: false }),
      answerOf: (callId) => streams.recall(callId),
      isOpen: () => false,
      enqueue: (writes) => this.#writer.enqueue(writes),
    });
    const repeated = new CallRepeated(readableLog("info").log, new Metrics());
    this.calls = new OnceCalls({
      stages: this.#stages(),
      read: validate,
      claims,
      streams,
      repeated,
    });
  }

  ask(isGone = false): Promise<OnceCall> {
    const id = this.ids.newBody();
    const arrival = { id, isGone: () => isGone } as Arrival; // nothing else is asked of it here
    const headOf = () => ({
      id,
      keyId: "k",
      tenant: "t",
      surface: "openai.chat" as const,
      createdMs: this.clock.wallMs(),
      facts: { model: "m", streamUsage: true, repeatedMembers: "", isStored: false },
    });
    return this.calls.run(arrival, { name: "a", headOf });
  }

  /** What disks take some time for. */
  async driven<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    work.catch(() => {}).finally(() => (isOver = true));
    while (!isOver) {
      this.clock.advanceBy(0.1);
      await Promise.resolve();
    }
    return work;
  }

  #stages(): OnceCallsParts["stages"] {
    return {
      admit: async (arrival, read) => {
        this.open += 1;
        const said = { surface: "openai.chat" } as const;
        const request = read?.(said, body);
        const principal = { tenant: "t", keyId: "k" };
        const call = { id: arrival.id, principal, request, attribution: {} } as unknown as Call;
        // nothing else is read of it here
        return { call, said, body, known: null } as unknown as Admitted<SurfaceHead>;
      },
      begin: async ({ call }, _arrival, once) => {
        if (this.fate === "refused") throw new Failure<Code>("budget_exhausted", "spent");
        await this.driven(this.#writer.commit(once?.besides.writes ?? [], "process"));
        this.begun.push(call.id);
        const response = new Response(call.id, () => (this.open -= 1));
        this.responses.push(response);
        once?.record(response);
        if (this.fate === "runs") return { call, response };
        this.#writer.enqueue(once?.besides.ended("internal") ?? []);
        throw new TypeError("a bug");
      },
      remember() {},
      leave: () => (this.open -= 1),
    };
  }
}

test("STR-13 what was refused leaves nothing behind, and the next one tries", async () => {
  const world = new World();
  world.fate = "refused";
  const racers = await Promise.allSettled([1, 2, 3].map(() => world.driven(world.ask())));
  for (const each of racers) {
    assert.ok(each.status === "rejected");
    assert.equal((each.reason as Failure).code, "budget_exhausted"); // as it was thrown
  }
  assert.equal(world.open, 0);
  world.fate = "runs";
  const call = await world.driven(world.ask());
  assert.ok(!call.isRepeated);
  assert.deepEqual(world.begun, [call.call.id]);
  assert.equal(world.open, 1);
});

test("STR-13 who left while others went first is not called for", async () => {
  const world = new World();
  const gone = world.driven(world.ask(true));
  await assert.rejects(gone, { code: "client_closed" });
  assert.deepEqual([world.open, world.begun.length], [0, 0]);
  assert.ok(!(await world.driven(world.ask())).isRepeated);
});

test("STR-13 racers share one call, which counts once among those under way", async () => {
  const world = new World();
  const calls = await Promise.all([1, 2, 3].map(() => world.driven(world.ask())));
  assert.deepEqual(
    calls.map(({ isRepeated }) => isRepeated),
    [false, true, true],
  );
  assert.equal(new Set(calls.map(({ answer }) => answer.head.id)).size, 1);
  assert.deepEqual([world.open, world.begun.length], [1, 1]);
});

test("STR-13 a defect ends the answer for all who wait, and the name is free", async () => {
  const world = new World();
  world.fate = "defect";
  await assert.rejects(world.driven(world.ask()), TypeError);
  assert.equal(world.open, 0);
  const [response] = world.responses;
  assert.equal(response?.state.kind, "failed");
  world.fate = "runs";
  const next = await world.driven(world.ask());
  assert.ok(!next.isRepeated);
  assert.equal(world.open, 1);
});
