import { Failure } from "@sekisho/lib/failure/failure.ts";
import { nearest } from "@sekisho/lib/text/nearest.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { idempotencyKeyChars, isIdempotencyKey } from "@sekisho/wire/idempotency-key.ts";
import { callOptions, libraryOptions } from "@sekisho/wire/library/library-request.ts";
import { modelBodyBytesLimit } from "../edge/exchanges/arrival.ts";
import { idShape } from "../edge/request-heads/attribution.ts";

/** A call as a program asked for it: whom it is for, and its body for the stages. */
export interface AskedCall {
  readonly tenant: string;
  readonly agent: string;
  readonly session: string | null;
  readonly signal: AbortSignal | null;
  readonly body: Buffer;
  /** How old a kept answer may be, in seconds; 0: none is given or kept; null: as configured. */
  readonly cacheTtl: number | null;
  /** Its program's own name for it. */
  readonly idempotencyKey: string | null;
}

const refusal = (param: string, why: string): Failure<Code> =>
  new Failure<Code>("invalid_value", `Cannot take the call: ${param} ${why}`, { param });

/** Reads what was handed over; programs in JavaScript may say anything. Throws Failure. */
export function readAskedCall(options: unknown, isStream: boolean): AskedCall {
  const { words, ...whom } = readOptions(options);
  if ("stream" in words) throw refusal("stream", "is no option: gateway.stream() streams");
  checkNames(words, libraryOptions);
  const { cacheTtl } = words;
  return {
    ...whom,
    body: written({ ...words, stream: isStream }),
    // What is no number its body is refused for.
    cacheTtl: typeof cacheTtl === "number" ? cacheTtl : null,
  };
}

/** What a call for vectors may say, as programs name it. */
const vectorOptions: readonly string[] = [...callOptions, "input", "dimensions"];

/** The same of a call for vectors: its body is in OpenAI's words. */
export function readAskedVectors(options: unknown): AskedCall {
  const { words, ...whom } = readOptions(options);
  checkNames(words, vectorOptions);
  return { ...whom, body: written({ ...words, encoding_format: "float" }), cacheTtl: null };
}

/** Whose budgets are asked for. */
export interface AskedBudget {
  readonly tenant: string;
  readonly session: string | null;
}

/** Reads it likewise. */
export function readAskedBudget(options: unknown): AskedBudget {
  const { tenantId, sessionId } = { ...(options as Asked | null) }; // all unknown
  return { tenant: readTenant(tenantId), session: readSession(sessionId) };
}

const readSession = (session: unknown): string | null =>
  (session ?? null) === null ? null : readId("sessionId", session);

interface ReadOptions extends Omit<AskedCall, "body" | "cacheTtl"> {
  /** What is left is for the body. */
  readonly words: Readonly<Record<string, unknown>>;
}

function readOptions(options: unknown): ReadOptions {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    const message = "Cannot take the call: its options are no object";
    throw new Failure<Code>("invalid_value", message);
  }
  const asked = { ...options } as Asked; // all unknown
  const { tenantId, agentId, sessionId, signal, idempotencyKey, ...words } = asked;
  return {
    tenant: readTenant(tenantId),
    agent: readId("agentId", agentId),
    session: readSession(sessionId),
    signal: readSignal(signal),
    idempotencyKey: readIdempotencyKey(idempotencyKey),
    words,
  };
}

/** Those that are undefined are as if they were not there. */
function checkNames(words: Readonly<Record<string, unknown>>, known: readonly string[]): void {
  const unknown = Object.keys(words).find(
    (name) => words[name] !== undefined && !known.includes(name),
  );
  if (unknown === undefined) return;
  const shown = unknown.slice(0, 64);
  const hint = nearest(shown, known);
  const near = hint === null ? "" : `; the nearest is ${hint.text}`;
  const names = known.join(", ");
  throw refusal(shown, `is no option${near}. Options are ${names}`);
}

interface Asked {
  readonly tenantId?: unknown;
  readonly agentId?: unknown;
  readonly sessionId?: unknown;
  readonly signal?: unknown;
  readonly idempotencyKey?: unknown;
}

function readTenant(tenant: unknown): string {
  if (tenant === undefined) throw missing("tenantId");
  if (typeof tenant === "string") return tenant;
  throw refusal("tenantId", "is no text");
}

function readId(param: string, id: unknown): string {
  if (id === undefined) throw missing(param);
  if (typeof id === "string" && idShape.test(id)) return id;
  throw refusal(param, "is not 1 to 128 visible ASCII characters");
}

const missing = (param: string): Failure<Code> =>
  new Failure<Code>("missing_field", `Cannot take the call: ${param} is missing`, { param });

function readSignal(signal: unknown): AbortSignal | null {
  if (signal === undefined || signal === null) return null;
  if (signal instanceof AbortSignal) return signal;
  throw refusal("signal", "is no AbortSignal");
}

function readIdempotencyKey(key: unknown): string | null {
  if (key === undefined || key === null) return null;
  if (typeof key === "string" && isIdempotencyKey(key)) return key;
  throw refusal("idempotencyKey", `is not 1 to ${idempotencyKeyChars} visible ASCII characters`);
}

/** The bytes that the stages read and bound, as they do those of any surface. */
function written(words: object): Buffer {
  // JSON would say null, which is as if nothing had been asked.
  const odd = Object.entries(words).find(([, value]) => isOddNumber(value));
  if (odd !== undefined) throw refusal(odd[0], `is ${String(odd[1])}, no number`);
  const body = Buffer.from(jsonOf(words));
  if (body.length <= modelBodyBytesLimit) return body;
  throw tooLarge(body.length);
}

const isOddNumber = (value: unknown): boolean =>
  typeof value === "number" && !Number.isFinite(value);

function jsonOf(words: object): string {
  try {
    return JSON.stringify(words);
  } catch (error) {
    // V8's strings end at half a gigabyte.
    if (error instanceof RangeError) throw tooLarge(null);
    const message = "Cannot take the call: its options hold what JSON has no words for";
    throw new Failure<Code>("invalid_value", message, {}, error);
  }
}

function tooLarge(bytes: number | null): Failure<Code> {
  const size = bytes === null ? "more than half a gigabyte" : `${bytes} bytes`;
  const message = `Cannot take the call: it has ${size}, the limit is ${modelBodyBytesLimit}`;
  return new Failure<Code>("payload_too_large", message);
}
