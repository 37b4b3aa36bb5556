import type { FaultyAnswer } from "../canonical/codec.ts";
import { faultOfRow, type FaultRow } from "../canonical/fault-row.ts";
import type { ProviderFault } from "../canonical/provider-fault.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { longestRetryAfterMs } from "../framing/retry-after.ts";
import * as table from "./retryable.data.ts";

const byReason: ReadonlyMap<string, FaultRow> = new Map(Object.entries(table.faultsByReason));
const byName: ReadonlyMap<string, FaultRow> = new Map(Object.entries(table.faultsByStatusName));

const text = (value: unknown): string | null =>
  typeof value === "string" && value !== "" ? value : null;

/** `{error: {…}}`, or the same in the list that a stream without `alt=sse` is. */
export function findError(json: unknown): JsonObject | string | null {
  const first: unknown = Array.isArray(json) ? json[0] : json;
  if (!isObject(first)) return null;
  const { error } = first;
  return isObject(error) ? error : text(error);
}

interface Said {
  readonly message: string | null;
  /** The name of the status. */
  readonly name: string | null;
  readonly details: readonly JsonObject[];
  readonly isError: boolean;
}

function readSaid(error: JsonObject | string | null): Said {
  if (error === null || typeof error === "string") {
    return { message: error, name: null, details: [], isError: error !== null };
  }
  const { message, status, details } = error;
  return {
    message: text(message),
    name: text(status),
    details: Array.isArray(details) ? details.filter(isObject) : [],
    isError: true,
  };
}

function rowOf(said: Said, status: number | null): FaultRow {
  for (const { reason } of said.details) {
    const known = byReason.get(text(reason) ?? "");
    if (known !== undefined) return known;
  }
  const named = said.name === null ? undefined : byName.get(said.name);
  const numbered = status === null ? undefined : table.faultsByStatus[status];
  if (status === 403 && table.deniedWords.test(said.message ?? "")) return table.deniedObject;
  const usual = status === 403 ? (named ?? numbered) : (numbered ?? named);
  const found = usual ?? otherwise(said, status);
  if (found.code === "upstream_rate_limited" && isSpent(said)) return table.spentQuota;
  return found.code === "upstream_rejected" ? (rowOfWords(said.message) ?? found) : found;
}

function otherwise(said: Said, status: number | null): FaultRow {
  if (status === null) return said.isError ? table.unknownFault : table.malformedAnswer;
  return status < 500 ? table.otherClientError : table.otherServerError;
}

const isSpent = ({ details }: Said): boolean =>
  details.some(({ violations }) => {
    const list: unknown[] = Array.isArray(violations) ? violations : [];
    return list.some(
      (each) => isObject(each) && table.dailyQuota.test(text(each["quotaId"]) ?? ""),
    );
  });

const rowOfWords = (message: string | null): FaultRow | null =>
  message === null
    ? null
    : (table.faultsByWords.find(([words]) => words.test(message))?.[1] ?? null);

/** `retryDelay` of a RetryInfo, as in "3.5s". */
function retryDelayMs({ details }: Said): number | null {
  for (const { retryDelay } of details) {
    const seconds = /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(text(retryDelay) ?? "")?.[1];
    if (seconds === undefined) continue;
    return Math.min(Math.ceil(Number(seconds) * 1000), longestRetryAfterMs);
  }
  return null;
}

const toFault = (said: Said, row: FaultRow, retryAfterMs: number | null): ProviderFault =>
  faultOfRow(row, {
    message: said.message,
    param: null,
    retryAfterMs: retryAfterMs ?? retryDelayMs(said),
  });

/** An error object that came inside an answer, as parsed. */
export const readErrorObject = (error: JsonObject | string): ProviderFault => {
  const said = readSaid(error);
  return toFault(said, rowOf(said, null), null);
};

/** For an answer that is wrong without saying so. */
export const silentFault = (row: FaultRow): ProviderFault => toFault(readSaid(null), row, null);

/** An answer that is not a 2xx, or a 2xx that is an error. */
export function readFault({ status, body, retryAfterMs }: FaultyAnswer): ProviderFault {
  const said = readSaid(findError(parse(body)));
  const isRefusal = status !== null && status >= 400;
  return toFault(said, rowOf(said, isRefusal ? status : null), retryAfterMs);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
}
