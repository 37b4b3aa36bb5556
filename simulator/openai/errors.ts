import type { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Behaviour } from "../behaviour.ts";
import type { RefusalCode } from "../dialect.ts";
import type { Head, Script, Step } from "../script.ts";
import { errorFaults, refusals, type ErrorRow } from "./errors.data.ts";

/** The JSON of an error, `param` where a field of the request is at fault. */
export const errorJson = (row: ErrorRow, param: string | null = null): string =>
  JSON.stringify({ error: { message: row.message, type: row.type, param, code: row.code } });

/** The head of a plain answer. */
export const plainHead = (status: number, contentType: string, facts: PlainFacts): Head => ({
  status,
  headers: [
    "content-type",
    contentType,
    "content-length",
    String(facts.length),
    "x-request-id",
    facts.id,
  ],
});

interface PlainFacts {
  readonly length: number;
  readonly id: string;
}

const hintHeaders = (behaviour: Behaviour): string[] => {
  const headers: string[] = [];
  if (behaviour.retryAfter !== null) headers.push("retry-after", behaviour.retryAfter);
  if (behaviour.retryAfterMs !== null) headers.push("retry-after-ms", behaviour.retryAfterMs);
  return headers;
};

/** A body that is an answer to nothing: an error, or a 200 that says nothing. */
export const wholeBody = (
  status: number,
  [contentType, body]: readonly [contentType: string, body: string],
  id: string,
): Step & { do: "whole" } => ({
  do: "whole",
  head: plainHead(status, contentType, { length: Buffer.byteLength(body), id }),
  body,
  tokens: 0,
});

export const isErrorFault = (name: string): name is keyof typeof errorFaults =>
  Object.hasOwn(errorFaults, name);

/** The step that answers with the error of that name, with the retry hints that are set. */
export const errorStep = (
  name: keyof typeof errorFaults,
  behaviour: Behaviour,
  id: string,
): Step => {
  const row = errorFaults[name];
  const step = wholeBody(row.status, ["application/json", errorJson(row)], id);
  return {
    ...step,
    head: { ...step.head, headers: [...step.head.headers, ...hintHeaders(behaviour)] },
  };
};

/** A refusal by the simulator itself: wrong requests, wrong keys, unknown paths. */
export const refusalScript = (failure: Failure<RefusalCode>, id: string): Script => {
  const row = { ...refusals[failure.code], message: failure.message };
  const body = errorJson(row, failure.details.param ?? null);
  return { steps: [wholeBody(row.status, ["application/json", body], id)], outcome: "error" };
};
