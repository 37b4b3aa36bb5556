import type { AnswerHeaders, FaultyAnswer } from "../canonical/codec.ts";
import { faultOfRow, type FaultRow } from "../canonical/fault-row.ts";
import type { ProviderFault } from "../canonical/provider-fault.ts";
import { isObject } from "../field-rules.ts";
import * as table from "./retryable.data.ts";

const byException: ReadonlyMap<string, FaultRow> = new Map(Object.entries(table.faultsByException));

/** An exception as it was told: over HTTP, or inside a stream. */
export interface SaidException {
  /** "" when nothing names it. */
  readonly name: string;
  readonly message: string | null;
  readonly status: number | null;
  readonly retryAfterMs: number | null;
}

/**
 * `ThrottlingException` of `ThrottlingException:http://…`, of `com.amazon…#ThrottlingException` and
 * of `throttlingException`, as streams spell it.
 */
function plainName(name: string): string {
  const bare = (name.split(":", 1)[0] ?? "").split("#").at(-1) ?? "";
  return bare.charAt(0).toUpperCase() + bare.slice(1);
}

function rowOf({ name, message, status }: SaidException): FaultRow {
  const exception = plainName(name);
  for (const [of, words, fault] of table.faultsByWords) {
    const isOf = exception === of || (exception === "" && status === 400);
    if (isOf && message !== null && words.test(message)) return fault;
  }
  const named = byException.get(exception);
  if (named !== undefined) return named;
  if (status === null) return table.unknownFault;
  return (
    table.faultsByStatus[status] ?? (status < 500 ? table.otherClientError : table.otherServerError)
  );
}

/** ARNs tell of the account behind the gateway. */
const arns = /\barn:[\w-]+:[^\s"']+|\b\d{12}\b/g;

export function readException(said: SaidException): ProviderFault {
  const message = said.message?.slice(0, 4096).replaceAll(arns, "…") ?? null;
  return faultOfRow(rowOf(said), { message, param: null, retryAfterMs: said.retryAfterMs });
}

/** For an answer that is wrong without saying so. */
export const silentFault = (row: FaultRow): ProviderFault =>
  faultOfRow(row, { message: null, param: null, retryAfterMs: null });

const textOf = (value: unknown): string | null =>
  typeof value === "string" && value !== "" ? value : null;

function headerOf(headers: AnswerHeaders | undefined, name: string): string | null {
  const value = headers?.[name];
  return typeof value === "string" ? value : (value?.[0] ?? null);
}

/** An answer that is not a 2xx, or a 2xx that is none. */
export function readFault({ status, headers, body, retryAfterMs }: FaultyAnswer): ProviderFault {
  const json = parse(body);
  const said = isObject(json) ? json : {};
  const name =
    headerOf(headers, "x-amzn-errortype") ?? textOf(said["__type"]) ?? textOf(said["code"]) ?? "";
  const isRefusal = status !== null && status >= 400;
  if (!isRefusal && name === "") return silentFault(table.malformedAnswer);
  return readException({
    name,
    message: textOf(said["message"]) ?? textOf(said["Message"]),
    status: isRefusal ? status : null,
    retryAfterMs,
  });
}

/** An exception inside a stream; a model's own words for it stand apart. */
export function readStreamException(name: string, payload: string): ProviderFault {
  const json = parseText(payload);
  const said = isObject(json) ? json : {};
  const message = textOf(said["message"]) ?? textOf(said["originalMessage"]);
  return readException({ name, message, status: null, retryAfterMs: null });
}

const parse = (body: Buffer): unknown => parseText(body.toString("utf8"));

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
