import type { CacheMark } from "@sekisho/gateway/cache-policy.ts";
import type { Completion, Served, ServedPlace } from "@sekisho/gateway/answer.ts";
import { cacheHeader } from "../request-heads/cache-header.ts";

/**
 * On every answer: the id under which the request stands in log and ledger, also where the
 * dialect's clients look for it.
 */
export const requestHeaders = (requestId: string, dialectHeader = "x-request-id"): string[] => [
  dialectHeader,
  requestId,
  "x-sekisho-request-id",
  requestId,
];

/** Clients refuse heads that are too long: what is beyond it is counted. */
const maxDroppedChars = 2_048;

/** A comma and a space would end a name in a list, `%` would make it ambiguous. */
const unwritable = /[^\x21-\x24\x26-\x2b\x2d-\x7e]+/gu;

/**
 * What somebody else has named, as a header's value: percent-encoded where it is not visible ASCII.
 * One character that is not would end the answer, or begin another header.
 */
const written = (name: string): string =>
  name.toWellFormed().replace(unwritable, (chars) => encodeURIComponent(chars));

/** What was left out on the way to a target; nothing where nothing was (WIR-13). */
export function droppedHeaders(dropped: readonly string[]): string[] {
  if (dropped.length === 0) return [];
  let value = "";
  for (const [index, name] of dropped.entries()) {
    const next = index === 0 ? written(name) : `${value}, ${written(name)}`;
    if (next.length > maxDroppedChars) {
      const rest = `...${dropped.length - index}`;
      return ["x-sekisho-dropped", index === 0 ? rest : `${value}, ${rest}`];
    }
    value = next;
  }
  return ["x-sekisho-dropped", value];
}

/**
 * Messages of the conversation that were not sent, and the call that summarised them, where this
 * one had it made; nothing where all of it was sent (MON-5).
 */
export function historyHeaders({
  leftOutMessages = 0,
  summary,
}: Pick<Served, "leftOutMessages" | "summary">): readonly string[] {
  if (leftOutMessages === 0) return [];
  if (summary === undefined) return ["x-sekisho-history", `dropped=${leftOutMessages}`];
  const headers = ["x-sekisho-history", `summarised=${leftOutMessages}`];
  return summary.callId === null
    ? headers
    : [...headers, "x-sekisho-summary-request-id", `req_${summary.callId}`];
}

const shortened = (similarity = 0): string => similarity.toFixed(4);

/** Whether the answer was given before, when, and what it is known by; nothing without (STR-14). */
export function cacheHeaders(mark: CacheMark | undefined): readonly string[] {
  if (mark === undefined) return [];
  const headers = [cacheHeader, mark.kind];
  if ("ageMs" in mark) headers.push("x-sekisho-cache-age", String(Math.floor(mark.ageMs / 1_000)));
  if ("similarity" in mark) headers.push("x-sekisho-cache-similarity", shortened(mark.similarity));
  if ("key" in mark) headers.push("x-sekisho-cache-key", mark.key);
  return headers;
}

/** Flat: those of a provider's headers that may stand in an answer as they are. */
export function passedHeaders(flat: readonly string[]): string[] {
  const passed: string[] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const [name = "", value = ""] = flat.slice(at, at + 2);
    if (/^[\t\x20-\x7e]*$/.test(value)) passed.push(name, value);
  }
  return passed;
}

/** Written once for each target: three names cost a microsecond. */
const placeHeaders = new WeakMap<ServedPlace, readonly string[]>();

function placeHeadersOf(target: ServedPlace): readonly string[] {
  const known = placeHeaders.get(target);
  if (known !== undefined) return known;
  const headers = [
    "x-sekisho-provider",
    written(target.provider),
    "x-sekisho-region",
    written(target.region),
    "x-sekisho-model",
    written(target.upstreamModel),
  ];
  placeHeaders.set(target, headers);
  return headers;
}

/** The arm of a split that the call fell to; nothing where its model is none (RTE-4). */
export const armHeaders = (arm: string | undefined): readonly string[] =>
  arm === undefined ? [] : ["x-sekisho-arm", written(arm)];

/** Who served the answer, at which attempt. */
export const servedHeaders = (served: Served): string[] => [
  ...placeHeadersOf(served.target),
  "x-sekisho-attempts",
  String(served.attempts),
  ...armHeaders(served.arm),
  ...droppedHeaders(served.dropped),
  ...historyHeaders(served),
  ...cacheHeaders(served.cache),
];

/** Of an answer that was given before, to the request of that id (STR-13). */
export const repeatHeaders = (firstId: string): readonly string[] => [
  "x-sekisho-replayed",
  "true",
  "x-sekisho-first-request-id",
  `req_${firstId}`,
];

/** What the request has cost; nothing where nobody knows. */
export const costHeaders = (costNanoUsd: number | null): readonly string[] =>
  costNanoUsd === null ? [] : ["x-sekisho-cost-nano-usd", String(costNanoUsd)];

/** What is known only of an answer that is whole. */
export const completionHeaders = ({
  served,
  costNanoUsd,
}: Pick<Completion, "served" | "costNanoUsd">): string[] => {
  const headers = servedHeaders(served);
  headers.push(...costHeaders(costNanoUsd));
  return headers;
};

/** Who has it has paid for nothing, however much of it is still to come. */
const isGiven = (mark: CacheMark | undefined): boolean => mark !== undefined && "ageMs" in mark;

/** On the head of a stream: of an answer that is being made the cost is known at its end alone. */
export const streamCostHeaders = (
  cache: CacheMark | undefined,
  isRepeated = false,
): readonly string[] => (isRepeated || isGiven(cache) ? costHeaders(0) : []);

/** Who serves the stream that begins here. */
export const beginningHeaders = (served: Served): string[] => {
  const headers = servedHeaders(served);
  headers.push(...streamCostHeaders(served.cache));
  return headers;
};

/** WIR-3: nothing between here and the client may keep or change the events. */
const streamHeaders = (contentType: string): readonly string[] => [
  "content-type",
  contentType,
  "cache-control",
  "no-cache, no-transform",
  "x-accel-buffering",
  "no",
];

/** On streams of server-sent events. */
export const sseHeaders: readonly string[] = streamHeaders("text/event-stream; charset=utf-8");

/** On streams as the AWS SDKs read them. */
export const eventStreamHeaders: readonly string[] = streamHeaders(
  "application/vnd.amazon.eventstream",
);
