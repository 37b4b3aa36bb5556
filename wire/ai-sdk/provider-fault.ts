import { Buffer } from "node:buffer";

import { faultOfRow, type FaultRow, withoutPaths } from "../canonical/fault-row.ts";
import type { ProviderFault } from "../canonical/provider-fault.ts";
import { jsonOf } from "../framing/json-of.ts";
import { findError, readErrorObject, readFault } from "../openai/provider-fault.ts";
import type { SaidError } from "./said-error.ts";
import * as table from "./retryable.data.ts";

const toFault = (row: FaultRow, message: string | null): ProviderFault =>
  faultOfRow(row, { message, param: null, retryAfterMs: null });

/** For an answer that is wrong without saying so. */
export const silentFault = (row: FaultRow): ProviderFault => toFault(row, null);

/**
 * What an error of a package comes to. Behind a status it goes by that and by the provider's own
 * words, which most providers write as OpenAI does; without one by its name.
 */
export function readSaidError(error: SaidError, retryAfterMs: number | null): ProviderFault {
  const { name, message, status, isRetryable, data } = error;
  // What `fetch` rejects with is named like a defect.
  const isFetch = name === "TypeError" && message === "fetch failed";
  const row = isFetch ? table.unavailable : table.faultsByName[name];
  if (row !== undefined) return namedFault(row, message);
  if (status !== null) return refused(error, status, retryAfterMs);
  const found = data === null ? null : (findError(data) ?? data);
  if (found !== null) return readErrorObject(found);
  if (isRetryable) return toFault(table.unavailable, null);
  return toFault(table.unknownFault, null);
}

/** What a package cannot carry is for whoever asked for it, though another target may. */
function namedFault(row: FaultRow, message: string): ProviderFault {
  const said = withoutPaths(message);
  if (row.code !== "unsupported_by_target") return toFault(row, said);
  return { ...toFault({ ...row, verdict: "final" }, said), verdict: row.verdict };
}

function refused(
  { body, data, message }: SaidError,
  status: number,
  retryAfterMs: number | null,
): ProviderFault {
  const hasWords = body !== null && findError(jsonOf(Buffer.from(body))) !== null;
  // Providers of other words: the package's message is what it found in them.
  const said = hasWords ? body : JSON.stringify({ error: { ...plain(data), message } });
  // An answer that was none, though its status says otherwise.
  if (status < 400 && !hasWords) return toFault(table.malformedAnswer, null);
  return readFault({ status, body: Buffer.from(said), retryAfterMs });
}

const plain = (data: SaidError["data"]): object => {
  const found = findError(data) ?? data;
  return typeof found === "object" && found !== null ? found : {};
};
