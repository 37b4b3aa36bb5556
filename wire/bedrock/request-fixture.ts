import assert from "node:assert/strict";

import type { PathFacts } from "../canonical/path-facts.ts";
import type { CanonicalRequest } from "../canonical/request.ts";
import { readConverseRequest, type ConverseRequest } from "./converse-request.ts";
import { writeConverseRequest } from "./write-request.ts";

export const haiku = "anthropic.claude-3-haiku-20240307-v1:0";
export const nova = "us.amazon.nova-pro-v1:0";
export const llama = "us.meta.llama3-3-70b-instruct-v1:0";

export const path: PathFacts = { model: haiku, stream: false };

export const bytesOf = (json: unknown): Buffer =>
  Buffer.from(typeof json === "string" ? json : JSON.stringify(json));

export const hi = { role: "user", content: [{ text: "Hi" }] } as const;

/** Reads a body that is right. */
export function readGood(json: unknown, at: PathFacts = path): ConverseRequest {
  const request = readConverseRequest(bytesOf(json), at);
  assert.ok(request.ok, request.ok ? "" : request.message);
  return request.value;
}

export function canonicalOf(json: object, at: PathFacts = path): CanonicalRequest {
  const canonical = readGood({ messages: [hi], ...json }, at).toCanonical();
  assert.ok(canonical.ok, canonical.ok ? "" : canonical.message);
  return canonical.value;
}

export function writeGood(request: CanonicalRequest, model: string = haiku): Buffer {
  const written = writeConverseRequest(request, model);
  assert.ok(written.ok, written.ok ? "" : written.message);
  return written.value.bytes;
}

export function droppedOf(request: CanonicalRequest, model: string = haiku): readonly string[] {
  const written = writeConverseRequest(request, model);
  assert.ok(written.ok, written.ok ? "" : written.message);
  return written.value.dropped;
}

/** What was written is JSON. */
export const jsonOf = (bytes: Buffer): Record<string, unknown> =>
  JSON.parse(bytes.toString("utf8")) as Record<string, unknown>;

/** As an OpenAI client asks. */
export const foreign: CanonicalRequest = {
  ...canonicalOf({}),
  dialect: "openai",
  maxTokens: 100,
  metadata: {},
  user: null,
  rest: {},
};
