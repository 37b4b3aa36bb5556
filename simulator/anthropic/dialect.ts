import { bearerKey, checkKey } from "../credentials.ts";
import type { Dialect, ErrorRow } from "../dialect.ts";
import { errorFaults, refusals } from "./errors.data.ts";

const detailsOf = ({ code }: ErrorRow): object =>
  code === null ? {} : { details: { error_code: code } };

/** The JSON of an error, in an answer of its own or in a stream. */
export const errorJson = (row: ErrorRow, requestId: string): string =>
  JSON.stringify({
    type: "error",
    error: { type: row.type, message: row.message, ...detailsOf(row) },
    request_id: requestId,
  });

/** Anthropic's API: `x-api-key` or bearer, `request-id`, errors with a type. */
export const anthropic: Dialect = {
  name: "anthropic",
  errors: {
    faults: errorFaults,
    refusals,
    json: errorJson,
    headers: () => [],
    retryMsHeader: "retry-after-ms",
  },
  idHeader: "request-id",
  requestId: (callId) => callId.replace(/^msg_/, "req_"),
  alwaysChecks: false,
  checkCredential: (presented, credentials) => {
    const key = presented.header("x-api-key") ?? bearerKey(presented);
    checkKey(key, credentials, "invalid x-api-key");
  },
};
