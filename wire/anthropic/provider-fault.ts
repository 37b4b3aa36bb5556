import type { FaultyAnswer } from "../canonical/codec.ts";
import { faultOfRow, type FaultRow } from "../canonical/fault-row.ts";
import type { ProviderFault } from "../canonical/provider-fault.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import * as table from "./retryable.data.ts";

const byErrorCode: ReadonlyMap<string, FaultRow> = new Map(Object.entries(table.faultsByErrorCode));
const byType: ReadonlyMap<string, FaultRow> = new Map(Object.entries(table.faultsByType));

const text = (value: unknown): string | null =>
  typeof value === "string" && value !== "" ? value : null;

/** `{type: "error", error: {…}}`, and the same without its type. */
export function findError(json: unknown): JsonObject | string | null {
  if (!isObject(json)) return null;
  const { error } = json;
  return isObject(error) ? error : text(error);
}

interface Said {
  readonly message: string | null;
  readonly type: string | null;
  readonly errorCode: string | null;
  readonly isError: boolean;
}

function readSaid(error: JsonObject | string | null): Said {
  if (error === null || typeof error === "string") {
    return { message: error, type: null, errorCode: null, isError: error !== null };
  }
  const { details } = error;
  return {
    message: text(error["message"]),
    type: text(error["type"]),
    errorCode: isObject(details) ? text(details["error_code"]) : null,
    isError: true,
  };
}

/** The status decides over the type: `invalid_request_error` stands beside any 4xx. */
function rowOf(said: Said, status: number | null): FaultRow {
  const coded = said.errorCode === null ? undefined : byErrorCode.get(said.errorCode);
  if (coded !== undefined) return coded;
  if (status === 403 && table.deniedWords.test(said.message ?? "")) return table.deniedModel;
  const typed = said.type === null ? undefined : byType.get(said.type);
  const usual = status === null ? typed : (table.faultsByStatus[status] ?? typed);
  const found = usual ?? otherwise(said, status);
  return found.code === "upstream_rejected" ? (rowOfWords(said.message) ?? found) : found;
}

function otherwise(said: Said, status: number | null): FaultRow {
  if (status === null) return said.isError ? table.unknownFault : table.malformedAnswer;
  return status < 500 ? table.otherClientError : table.otherServerError;
}

const rowOfWords = (message: string | null): FaultRow | null =>
  message === null
    ? null
    : (table.faultsByWords.find(([words]) => words.test(message))?.[1] ?? null);

const toFault = (said: Said, row: FaultRow, retryAfterMs: number | null): ProviderFault =>
  faultOfRow(row, { message: said.message, param: null, retryAfterMs });

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
