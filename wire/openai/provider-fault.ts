import type { FaultyAnswer } from "../canonical/codec.ts";
import { faultOfRow, type FaultRow } from "../canonical/fault-row.ts";
import type { ProviderFault } from "../canonical/provider-fault.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import * as table from "./retryable.data.ts";

const byWord: ReadonlyMap<string, FaultRow> = new Map(Object.entries(table.faultsByWord));

/** An error as compatible servers write it, whichever way. */
interface Said {
  readonly message: string | null;
  readonly param: string | null;
  readonly words: readonly string[];
  readonly status: number | null;
  readonly isError: boolean;
}

const text = (value: unknown): string | null =>
  typeof value === "string" && value !== "" ? value : null;

const isStatus = (value: unknown): value is number =>
  typeof value === "number" && value >= 400 && value <= 599;

/** `{error: {…}}`, `{error: "…"}`, `[{error: {…}}]`, `{object: "error", …}` and `{detail: "…"}`. */
export function findError(json: unknown): JsonObject | string | null {
  const body: unknown = Array.isArray(json) ? json[0] : json;
  if (!isObject(body)) return null;
  const { error } = body;
  if (isObject(error)) return error;
  if (typeof error === "string" && error !== "") return error;
  if (body["object"] === "error") return body;
  return text(body["detail"]);
}

function readSaid(error: JsonObject | string | null): Said {
  if (error === null || typeof error === "string") {
    return { message: error, param: null, words: [], status: null, isError: error !== null };
  }
  const inner = error["innererror"];
  const code = error["code"];
  const words = [isObject(inner) ? text(inner["code"]) : null, text(code), text(error["type"])];
  return {
    message: text(error["message"]),
    param: text(error["param"]),
    words: words.filter((word) => word !== null),
    status: [code, error["status"]].find(isStatus) ?? null,
    isError: true,
  };
}

function rowOf(said: Said, status: number | null): FaultRow {
  if (said.message !== null && blamesRequest(status) && table.tooLongWords.test(said.message)) {
    return table.faultsByWord.context_length_exceeded;
  }
  if (status === 403 && said.message !== null && table.deniedWords.test(said.message)) {
    return table.deniedModel;
  }
  for (const word of said.words) {
    const found = byWord.get(word);
    if (found !== undefined && agrees(found, status)) return found;
  }
  if (status === null) return said.isError ? table.unknownFault : table.malformedAnswer;
  return (
    table.faultsByStatus[status] ?? (status < 500 ? table.otherClientError : table.otherServerError)
  );
}

const blamesRequest = (status: number | null): boolean =>
  status === null || status === 400 || status === 413 || status === 422;

/**
 * `type: invalid_request_error` also stands beside 401, 404 and 429, `server_error` beside 503 and
 * 504: there the status says more.
 */
function agrees(found: FaultRow, status: number | null): boolean {
  if (status === null) return true;
  if (found.code === "upstream_rejected") return status === 400;
  return found.code !== "upstream_error" || status <= 500;
}

const toFault = (said: Said, row: FaultRow, retryAfterMs: number | null): ProviderFault =>
  faultOfRow(row, { message: said.message, param: said.param, retryAfterMs });

/** An error object that came inside an answer, as parsed. */
export const readErrorObject = (error: JsonObject | string): ProviderFault => {
  const said = readSaid(error);
  return toFault(said, rowOf(said, said.status), null);
};

/** For an answer that is wrong without saying so. */
export const silentFault = (found: FaultRow): ProviderFault => toFault(readSaid(null), found, null);

/** An answer that is not a 2xx, or a 2xx that is an error. */
export function readFault({ status, body, retryAfterMs }: FaultyAnswer): ProviderFault {
  const said = readSaid(findError(parse(body)));
  const isRefusal = status !== null && status >= 400;
  return toFault(said, rowOf(said, isRefusal ? status : said.status), retryAfterMs);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
}
