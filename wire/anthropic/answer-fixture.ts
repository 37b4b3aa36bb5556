import { readFileSync } from "node:fs";

import type { AnswerContext } from "../canonical/codec.ts";
import type { CanonicalEvent } from "../canonical/event.ts";
import { finish, start, text, toolDelta, toolEnd, toolStart } from "../canonical/event-fixture.ts";
import { noUsage } from "../canonical/usage.ts";

/** The bytes of `fixtures/<name>`. */
export const recorded = (name: string): Buffer =>
  readFileSync(new URL(`./fixtures/${name}`, import.meta.url));

export const context: AnswerContext = {
  id: "msg_1",
  model: "alias",
  createdMs: 1_700_000_000_999,
  requestId: "req_1",
  streamUsage: true,
  timing: () => ({ firstTokenMs: 20, latencyMs: 900 }),
  region: () => "us-east-1",
};

export const usage: CanonicalEvent = {
  type: "usage",
  usage: {
    ...noUsage,
    input: 5,
    output: 7,
    cacheRead: 3,
    cacheWrite5m: 2,
    cacheWrite1h: 1,
    reasoning: 4,
  },
};

export const plainAnswer: readonly CanonicalEvent[] = [
  start,
  text("Hel"),
  text("lo 🌏"),
  usage,
  finish("stop"),
];

/** As OpenAI's dialect tells it: no call ends before all have been told. */
export const parallelCalls: readonly CanonicalEvent[] = [
  start,
  toolStart(0, "call_a", "f"),
  toolDelta(0, '{"a":'),
  toolDelta(0, '"é"}'),
  toolStart(1, "call_b", "g"),
  toolDelta(1, "{}"),
  toolEnd(0),
  toolEnd(1),
  usage,
  finish("tool"),
];
