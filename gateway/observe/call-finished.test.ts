import assert from "node:assert/strict";
import { test } from "node:test";
import { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { LogLevel } from "@sekisho/lib/telemetry/log-line.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import type { AttemptRecord } from "../attempt.ts";
import type { Call } from "../call.ts";
import type { Target } from "../target.ts";
import { CallFinished } from "./call-finished.ts";
import { readableLog } from "./log-fixture.ts";
import { ProcessTotals } from "./process-totals.ts";
import { RecentCalls } from "./recent-calls.ts";
import { ServedCalls } from "./served-calls.ts";

/** No more of them is read here. */
const targetOf = (credentialId: string): Target =>
  ({
    id: `p/${credentialId}/m`,
    provider: "p",
    region: "r",
    credentialId,
    upstreamModel: "m",
  }) as unknown as Target;
const call = {
  id: "1",
  principal: { tenant: "t", keyId: "k" },
  request: { surface: "openai.chat", read: { facts: { model: "fast" } } },
  entry: { name: "fast", pools: [{ name: "fast", targets: [] }] },
  choice: null,
  arrivedMs: 0,
} as unknown as Call;

const measured = { usage: noUsage, source: "none" } as const;

const failedAt = (credentialId: string, startedMs: number): AttemptRecord => ({
  target: targetOf(credentialId),
  price: null,
  startedMs,
  endedMs: startedMs + 40,
  firstTokenMs: null,
  outcome: {
    kind: "failed",
    measured,
    failure: {
      code: "upstream_unavailable",
      message: "down",
      param: null,
      reach: "unreached",
      status: null,
      retryAfterMs: null,
      verdict: "failover",
      credentialFault: false,
    },
  },
});

function linesOf(level: LogLevel, attempts: readonly AttemptRecord[]): unknown[] {
  const { log, lines } = readableLog(level);
  const recent = new RecentCalls(new VirtualClock());
  const finished = new CallFinished(log, new Metrics(), {
    served: new ServedCalls(),
    recent,
    totals: new ProcessTotals(),
  });
  const counts = attempts.at(-1) ?? null;
  const cause = counts?.outcome.kind === "complete" ? null : "upstream_unavailable";
  const costs = { costNanoUsd: 0, excessNanoUsd: 0, endedMs: 100 };
  finished.record({ call, attempts, counts, cause, isError: cause !== null, ...costs });
  return lines();
}

test("RTE-6 a failed attempt that another one follows is a line of its own", () => {
  const good: AttemptRecord = {
    ...failedAt("spare", 50),
    outcome: { kind: "complete", finish: "stop", measured },
  };
  const lines = linesOf("info", [failedAt("main", 0), good]);
  assert.equal(lines.length, 2);
  assert.partialDeepStrictEqual(lines[0], {
    level: "info",
    message: "attempt failed",
    requestId: "req_1",
    attempt: 1,
    provider: "p",
    region: "r",
    credential: "main",
    model: "m",
    code: "upstream_unavailable",
    reach: "unreached",
    latencyMs: 40,
  });
  assert.partialDeepStrictEqual(lines[1], { message: "call finished", credential: "spare" });
});

test("RTE-6 the failure that the client got has its line at debug", () => {
  const attempts = [failedAt("main", 0)];
  assert.equal(linesOf("info", attempts).length, 1);
  assert.partialDeepStrictEqual(linesOf("debug", attempts)[0], { level: "debug", attempt: 1 });
});
