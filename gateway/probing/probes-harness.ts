import assert from "node:assert/strict";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Dial, DialTask } from "@sekisho/lib/http/dialer.ts";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { WindowedBreaker } from "@sekisho/lib/resilience/windowed-breaker.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import type { AttemptFailure, AttemptOutcome } from "../attempt.ts";
import type { IntentRow, LedgerRow } from "../ledger/ledger.ts";
import type { DoneProbe } from "../observe/probe-done.ts";
import type { PlannedAttempt } from "../plan.ts";
import { ProbeCalls } from "./probe-calls.ts";
import { type ProbedProvider, Probes } from "./probes.ts";
import type { AttemptInput, AttemptSink, Provider } from "../provider.ts";
import { HealthTree } from "../route/health-tree.ts";
import { target as targetOf } from "../route/route-fixture.ts";
import type { Target } from "../target.ts";

/** The shortest answer there is: 8 tokens in, 1 out. */
export const answered: AttemptOutcome = {
  kind: "complete",
  finish: "length",
  measured: { usage: { ...noUsage, input: 8, output: 1 }, source: "reported" },
};

export const failedWith = (over: Partial<AttemptFailure>): AttemptOutcome => ({
  kind: "failed",
  measured: { usage: noUsage, source: "none" },
  failure: {
    code: "upstream_unavailable",
    message: "The provider is down",
    param: null,
    reach: "reached",
    status: 503,
    retryAfterMs: null,
    verdict: "retry",
    credentialFault: false,
    ...over,
  },
});

const down = failedWith({});
const hanging = failedWith({ code: "upstream_timeout", status: null });

/** What a model does when it is asked: an outcome after a time, or nothing until it times out. */
export type Mood = "well" | "down" | "hangs" | AttemptOutcome;

/** A target of the provider "p". */
export const at = (model: string, over: Partial<Target> = {}): Target =>
  targetOf(`p/c/${model}`, { provider: "p", upstreamModel: model, circuitName: model, ...over });

interface Asked {
  readonly id: string;
  readonly atMs: number;
  readonly planned: PlannedAttempt;
}

/** A provider "p" whose models have moods, the circuits of its targets, and probes of it. */
export class ProbedWorld {
  readonly clock = new VirtualClock();
  readonly random = new SeededRandom(1);
  readonly asked: Asked[] = [];
  readonly done: DoneProbe[] = [];
  readonly rows: LedgerRow[] = [];
  readonly intents: IntentRow[] = [];
  readonly dialled: DialTask[] = [];
  readonly defects: unknown[] = [];
  readonly health = new HealthTree({
    makeBreaker: (policy) =>
      new WindowedBreaker(
        { ...policy, quietCallsPerSecond: 2, probeMs: policy.openMs },
        this.random,
      ),
    changed() {},
  });
  readonly probes: Probes;
  mood: (model: string) => Mood = () => "well";
  isStoreUp = true;
  running = 0;
  mostRunning = 0;

  constructor() {
    const { clock, random, health } = this;
    const write: Write = { sql: "", params: [] };
    const calls = new ProbeCalls({
      clock,
      ids: new IdSource(clock, random),
      ledger: {
        intent: (row) => {
          this.intents.push(row);
          return write;
        },
        terminal: (rows) => {
          this.rows.push(...rows);
          return [write];
        },
      },
      writer: {
        commit: async () => {
          if (!this.isStoreUp) throw new Failure("storage_unavailable", "Cannot commit");
        },
        enqueue() {},
      },
    });
    this.probes = new Probes({
      clock,
      random,
      health,
      calls,
      dialer: { dial: (task) => this.#dial(task) },
      done: { record: (probe) => void this.done.push(probe) },
      defect: (error) => void this.defects.push(error),
    });
  }

  serve(targets: readonly Target[], over: Partial<ProbedProvider> = {}): void {
    this.health.serve(targets, []);
    this.probes.serve([
      {
        name: "p",
        kind: "call",
        everyMs: 5_000,
        origin: "http://p",
        model: null,
        targets,
        at: ({ credentialId }) => this.#provider(credentialId),
        ...over,
      },
    ]);
  }

  /** Calls of clients that fail until the circuits are open. */
  breakDown(targets: readonly Target[]): void {
    for (const target of targets) {
      for (let n = 0; n < 5; n += 1) {
        this.health
          .admit(target, 1, this.clock.monotonicMs())
          ?.end("server", this.clock.monotonicMs());
      }
    }
  }

  get isAllClosed(): boolean {
    const all = this.health.circuits(this.clock.monotonicMs());
    return all.every(({ state }) => state === "closed");
  }

  #dial(task: DialTask): Dial {
    this.dialled.push(task);
    return { abort() {} };
  }

  #provider(credential: string | null): Provider {
    return {
      name: "p",
      start: (input: AttemptInput, sink: AttemptSink) => {
        const { target, timeouts } = input.planned;
        this.asked.push({ id: target.id, atMs: this.clock.monotonicMs(), planned: input.planned });
        this.running += 1;
        this.mostRunning = Math.max(this.mostRunning, this.running);
        const mood = this.mood(target.upstreamModel);
        const over = (outcome: AttemptOutcome): void => {
          timer.cancel();
          this.running -= 1;
          sink.over(outcome);
        };
        const outcome = mood === "well" ? answered : mood === "down" ? down : mood;
        const timer =
          outcome === "hangs"
            ? this.clock.after(timeouts.attemptMs ?? Infinity, () => over(hanging))
            : this.clock.after(20, () => over(outcome));
        assert.equal(credential, target.credentialId);
        return {
          dropped: [],
          abort: (cause) => over({ kind: "aborted", cause, measured: answered.measured }),
        };
      },
    };
  }
}
