import type { Behaviour } from "../behaviour.ts";
import type { Dialect, ErrorRow, Refusal } from "../dialect.ts";
import type { ErrorFault } from "../faults.data.ts";
import type { Head, Script, Step } from "../script.ts";

export const json = "application/json";

interface PlainFacts {
  readonly length: number;
  readonly id: string;
}

/** The head of a plain answer. */
export const plainHead = (
  dialect: Dialect,
  [status, contentType]: readonly [status: number, contentType: string],
  facts: PlainFacts,
): Head => ({
  status,
  headers: [
    "content-type",
    contentType,
    "content-length",
    String(facts.length),
    dialect.idHeader,
    dialect.requestId(facts.id),
  ],
});

/** A body that is an answer to nothing: an error, or a 200 that says nothing. */
export const wholeBody = (
  dialect: Dialect,
  [status, contentType, body]: readonly [status: number, contentType: string, body: string],
  id: string,
): Step & { do: "whole" } => ({
  do: "whole",
  head: plainHead(dialect, [status, contentType], { length: Buffer.byteLength(body), id }),
  body,
  tokens: 0,
});

const errorWith = (
  dialect: Dialect,
  row: ErrorRow,
  about: { readonly id: string; readonly param: string | null; readonly more: readonly string[] },
): Step => {
  const body = dialect.errors.json(row, dialect.requestId(about.id), about.param);
  const step = wholeBody(dialect, [row.status, json, body], about.id);
  const headers = [...step.head.headers, ...dialect.errors.headers(row), ...about.more];
  return { ...step, head: { ...step.head, headers } };
};

const hintHeaders = (dialect: Dialect, behaviour: Behaviour): string[] => {
  const headers: string[] = [];
  if (behaviour.retryAfter !== null) headers.push("retry-after", behaviour.retryAfter);
  if (behaviour.retryAfterMs !== null) {
    headers.push(dialect.errors.retryMsHeader, behaviour.retryAfterMs);
  }
  return headers;
};

/** The step that answers with the error of that name, with the retry hints that are set. */
export const errorStep = (
  dialect: Dialect,
  name: ErrorFault,
  { behaviour, id }: { readonly behaviour: Behaviour; readonly id: string },
): Step => {
  const more = hintHeaders(dialect, behaviour);
  return errorWith(dialect, dialect.errors.faults[name], { id, param: null, more });
};

/** A 200 with the body of an error. */
export const errorBodyStep = (dialect: Dialect, id: string): Step => {
  const body = dialect.errors.json(dialect.errors.faults["500"], dialect.requestId(id), null);
  return wholeBody(dialect, [200, json, body], id);
};

/** A refusal by the simulator itself: wrong requests, wrong keys, unknown paths. */
export const refusalScript = (dialect: Dialect, failure: Refusal, id: string): Script => {
  const row = { ...dialect.errors.refusals[failure.code], message: failure.message };
  const param = failure.details.param ?? null;
  return { steps: [errorWith(dialect, row, { id, param, more: [] })], outcome: "error" };
};
