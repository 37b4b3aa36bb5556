import { readFileSync } from "node:fs";

import OpenAI from "openai";

import type { AnswerContext } from "../canonical/codec.ts";
import type { CanonicalEvent } from "../canonical/event.ts";
import { finish, start, text } from "../canonical/event-fixture.ts";
import { noUsage } from "../canonical/usage.ts";

/** The bytes of `fixtures/<name>`. */
export const recorded = (name: string): Buffer =>
  readFileSync(new URL(`./fixtures/${name}`, import.meta.url));

export const context: AnswerContext = {
  id: "chatcmpl-1",
  model: "alias",
  createdMs: 1_700_000_000_999,
  requestId: "req_1",
  streamUsage: true,
  timing: () => ({ firstTokenMs: 20, latencyMs: 900 }),
  region: () => "us-east-1",
};

export const usage: CanonicalEvent = {
  type: "usage",
  usage: { ...noUsage, input: 5, output: 7, cacheRead: 3, reasoning: 2 },
};

export const plainAnswer: readonly CanonicalEvent[] = [
  start,
  text("Hel"),
  text("lo 🌏"),
  usage,
  finish("stop"),
];

export const parallelCalls: readonly CanonicalEvent[] = [
  start,
  { type: "toolStart", index: 0, id: "call_a", name: "f" },
  { type: "toolDelta", index: 0, arguments: '{"a":' },
  { type: "toolDelta", index: 0, arguments: '"é"}' },
  { type: "toolEnd", index: 0 },
  { type: "toolStart", index: 1, id: "call_b", name: "g" },
  { type: "toolDelta", index: 1, arguments: "{}" },
  { type: "toolEnd", index: 1 },
  usage,
  finish("tool"),
];

/** The official client, over one answer of ours. */
const clientOf = (body: string, contentType: string): OpenAI =>
  new OpenAI({
    apiKey: "k",
    maxRetries: 0,
    fetch: () => Promise.resolve(new Response(body, { headers: { "content-type": contentType } })),
  });

export const streamClient = (body: string): OpenAI => clientOf(body, "text/event-stream");
export const jsonClient = (body: string): OpenAI => clientOf(body, "application/json");

export const question = { model: "m", messages: [{ role: "user" as const, content: "Hi" }] };
