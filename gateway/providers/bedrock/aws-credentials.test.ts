import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import {
  FixedAwsCredentials,
  type LoadedAwsCredential,
  RefreshedAwsCredentials,
} from "./aws-credentials.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const pair = (accessKeyId: string) => ({
  accessKeyId,
  secretAccessKey: `secret-of-${accessKeyId}`,
  sessionToken: null,
});

/** Whoever lends credentials: each load waits until the test answers it. */
class Lender {
  readonly clock = new VirtualClock();
  readonly asked: PromiseWithResolvers<LoadedAwsCredential>[] = [];
  readonly askedAtMs: number[] = [];
  readonly failures: string[] = [];
  readonly credentials = new RefreshedAwsCredentials({
    clock: this.clock,
    random: new SeededRandom(7),
    load: () => {
      this.asked.push(Promise.withResolvers<LoadedAwsCredential>());
      this.askedAtMs.push(this.clock.monotonicMs());
      return this.asked.at(-1)?.promise ?? assert.fail();
    },
    onFailure: (error) => this.failures.push(error instanceof Error ? error.message : "thrown"),
  });

  get id(): string | null {
    return this.credentials.current()?.accessKeyId ?? null;
  }

  /** Answers the load under way with a credential of this life. */
  async lend(accessKeyId: string, lifeMs: number | null): Promise<void> {
    const expiresAtMs = lifeMs === null ? null : this.clock.wallMs() + lifeMs;
    this.asked.at(-1)?.resolve({ credential: pair(accessKeyId), expiresAtMs });
    await this.clock.elapse(0);
  }

  async refuse(message = "nobody there"): Promise<void> {
    this.asked.at(-1)?.reject(new Error(message));
    await this.clock.elapse(0);
  }

  /** A lender that has been asked once and has lent this. */
  static async lending(accessKeyId: string, lifeMs: number | null): Promise<Lender> {
    const lender = new Lender();
    const started = lender.credentials.start();
    await lender.lend(accessKeyId, lifeMs);
    await started;
    return lender;
  }

  /** Lets time pass until it is asked once more. */
  async nextLoad(): Promise<void> {
    const before = this.asked.length;
    while (this.asked.length === before) {
      assert.ok(this.clock.runNext(), "it will never ask again");
      await this.clock.elapse(0);
    }
  }

  /** Closes, and shows that nothing is left that would run. */
  end(): void {
    this.credentials.close();
    assert.equal(this.clock.pendingTimers, 0);
  }
}

test("AWS-7 a pair that was configured is always there", () => {
  assert.deepEqual(new FixedAwsCredentials(pair("a")).current(), pair("a"));
});

test("AWS-7 start() waits for the first load", async () => {
  const lender = new Lender();
  let isStarted = false;
  const started = lender.credentials.start().then(() => (isStarted = true));
  await lender.clock.elapse(4_999);
  assert.deepEqual([isStarted, lender.id], [false, null]);
  await lender.lend("a", hourMs);
  await started;
  assert.equal(lender.id, "a");
  lender.end();
});

test("AWS-7 start() does not wait longer than 5 s, and the load goes on", async () => {
  const lender = new Lender();
  const started = lender.credentials.start();
  await lender.clock.elapse(5_000);
  await started;
  assert.equal(lender.id, null);
  await lender.lend("a", hourMs);
  assert.equal(lender.id, "a");
  assert.equal(lender.asked.length, 1);
  lender.end();
});

test("AWS-7 start() does not fail when the load does", async () => {
  const lender = new Lender();
  const started = lender.credentials.start();
  await lender.refuse();
  await started;
  assert.deepEqual([lender.id, lender.failures], [null, ["nobody there"]]);
  lender.end();
});

test("AWS-7 a refresh comes 5 min ahead, for short lives when 80 % of them are over", async () => {
  const rows = [
    [hourMs, 55 * minuteMs],
    [25 * minuteMs, 20 * minuteMs],
    [10 * minuteMs, 8 * minuteMs],
    [minuteMs, 48_000],
    [1_100, 1_000],
  ] as const;
  for (const [lifeMs, expectedMs] of rows) {
    const lender = await Lender.lending("a", lifeMs);
    await lender.clock.elapse(expectedMs - 1);
    assert.equal(lender.asked.length, 1, `${lifeMs}: not earlier`);
    await lender.clock.elapse(1);
    assert.equal(lender.asked.length, 2, `${lifeMs}: then`);
    assert.equal(lender.id, "a", "what is held serves until the new one is there");
    await lender.lend("b", lifeMs);
    assert.equal(lender.id, "b");
    lender.end();
  }
});

test("AWS-7 a credential that does not expire is loaded once", async () => {
  const lender = await Lender.lending("a", null);
  await lender.clock.elapse(1000 * hourMs);
  assert.deepEqual([lender.id, lender.asked.length], ["a", 1]);
  void lender.credentials.refresh();
  assert.equal(lender.asked.length, 2, "but again when it is asked for");
  await lender.lend("b", null);
  assert.equal(lender.id, "b");
  lender.end();
});

test("AWS-7 one load at a time", async () => {
  const lender = await Lender.lending("a", hourMs);
  const refreshes = [lender.credentials.refresh(), lender.credentials.refresh()];
  await lender.clock.elapse(1_000);
  assert.equal(lender.asked.length, 2);
  await lender.lend("b", hourMs);
  await Promise.all(refreshes);
  await lender.clock.elapse(54 * minuteMs);
  assert.equal(lender.asked.length, 2, "the timer of the first one is gone");
  lender.end();
});

test("AWS-7 after a failure it asks again, with pauses that double up to 60 s", async () => {
  const lender = await Lender.lending("a", hourMs);
  await lender.nextLoad();
  for (const leastMs of [1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * 1_000)) {
    await lender.refuse();
    const fromMs = lender.clock.monotonicMs();
    await lender.nextLoad();
    const pauseMs = lender.clock.monotonicMs() - fromMs;
    assert.ok(pauseMs >= leastMs && pauseMs <= Math.min(leastMs + 1_000, 60_000), `${pauseMs}`);
  }
  assert.equal(lender.failures.length, 8);
  await lender.lend("b", hourMs);
  await lender.nextLoad();
  await lender.refuse();
  const fromMs = lender.clock.monotonicMs();
  await lender.nextLoad();
  assert.ok(lender.clock.monotonicMs() - fromMs < 2_000, "a success starts the pauses anew");
  lender.end();
});

test("AWS-7 the old credential serves until it has expired, then there is none", async () => {
  const lender = await Lender.lending("a", 10 * minuteMs);
  await lender.nextLoad();
  await lender.refuse();
  await lender.clock.elapse(10 * minuteMs - lender.clock.monotonicMs() - 1);
  assert.equal(lender.id, "a");
  await lender.clock.elapse(1);
  assert.equal(lender.id, null);
  await lender.refuse();
  await lender.nextLoad();
  await lender.lend("b", hourMs);
  assert.equal(lender.id, "b");
  lender.end();
});

test("AWS-7 a load that throws instead of rejecting is a failure like others", async () => {
  const clock = new VirtualClock();
  const credentials = new RefreshedAwsCredentials({
    clock,
    random: new SeededRandom(7),
    load: () => {
      throw new Error("at once");
    },
    onFailure: (error) => failures.push(error),
  });
  const failures: unknown[] = [];
  await credentials.start();
  await clock.elapse(2_000);
  assert.equal(failures.length, 2);
  credentials.close();
  assert.equal(clock.pendingTimers, 0);
});

test("AWS-7 a load has failed after 30 s; an answer that comes later is not used", async () => {
  const lender = new Lender();
  void lender.credentials.start();
  await lender.clock.elapse(29_999);
  assert.deepEqual([lender.asked.length, lender.failures.length], [1, 0]);
  await lender.clock.elapse(1);
  assert.deepEqual(lender.failures, ["Cannot load AWS credentials: no answer within 30000 ms"]);
  await lender.lend("late", hourMs);
  assert.equal(lender.id, null);
  await lender.clock.elapse(2_000);
  assert.equal(lender.asked.length, 2);
  await lender.lend("b", hourMs);
  assert.equal(lender.id, "b");
  lender.end();
});

test("AWS-7 what has expired already, or on no date, is a failure", async () => {
  for (const lifeMs of [0, -5, Number.NaN]) {
    const lender = await Lender.lending("a", lifeMs);
    assert.equal(lender.id, null);
    assert.deepEqual(lender.failures, [
      `Cannot use loaded AWS credentials: ${lifeMs} ms left, more than 0 needed`,
    ]);
    lender.end();
  }
});

test("AWS-7 a lender of ever the same credential is asked once a second at most", async () => {
  const lender = new Lender();
  const expiresAtMs = lender.clock.wallMs() + hourMs;
  void lender.credentials.start();
  while (lender.clock.wallMs() < expiresAtMs - 1_000) {
    lender.asked.at(-1)?.resolve({ credential: pair("a"), expiresAtMs });
    await lender.clock.elapse(500);
    assert.equal(lender.id, "a");
  }
  const pauses = lender.askedAtMs.slice(1).map((at, index) => at - (lender.askedAtMs[index] ?? 0));
  assert.ok(Math.min(...pauses) >= 1_000, pauses.join());
  assert.ok(pauses.length > 3 && pauses.length < 20, pauses.join());
  lender.end();
});

test("AWS-7 a clock that has jumped is noticed by the next call", async () => {
  const lender = await Lender.lending("a", hourMs);
  lender.clock.stepWall(57 * minuteMs);
  assert.equal(lender.id, "a");
  assert.equal(lender.asked.length, 2);
  await lender.refuse();
  assert.equal(lender.id, "a");
  assert.equal(lender.asked.length, 2, "while it pauses after a failure, calls do not ask");
  await lender.clock.elapse(2_000);
  await lender.lend("b", hourMs);
  assert.equal(lender.id, "b");
  lender.end();
});

test("AWS-7 close() ends wait and load; what is held serves the calls under way", async () => {
  const lender = new Lender();
  const started = lender.credentials.start();
  lender.credentials.close();
  await started;
  await lender.lend("late", hourMs);
  assert.deepEqual([lender.id, lender.failures], [null, []]);
  await lender.credentials.refresh();
  assert.equal(lender.asked.length, 1);
  lender.end();

  const holder = await Lender.lending("a", hourMs);
  holder.end();
  await holder.clock.elapse(hourMs - 1);
  assert.deepEqual([holder.id, holder.asked.length], ["a", 1]);
});
