import { bearerKey, checkKey, type Presented } from "../credentials.ts";
import type { Dialect, ErrorRow } from "../dialect.ts";
import { errorFaults, refusals } from "./errors.data.ts";

const typeOf = (name: string): string => `type.googleapis.com/google.rpc.${name}`;

/** The id of a quota, or the reason of an error. */
const detailsOf = ({ code }: ErrorRow): object => {
  if (code === null) return {};
  if (/Per(?:Day|Minute)/.test(code)) {
    return { details: [{ "@type": typeOf("QuotaFailure"), violations: [{ quotaId: code }] }] };
  }
  const info = { "@type": typeOf("ErrorInfo"), reason: code, domain: "googleapis.com" };
  return { details: [info] };
};

/** The JSON of an error, in an answer of its own or in a stream. */
export const errorJson = (row: ErrorRow): string =>
  JSON.stringify({
    error: { code: row.status, message: row.message, status: row.type, ...detailsOf(row) },
  });

const queryKey = ({ url }: Presented): string =>
  new URLSearchParams(url.split("?", 2)[1] ?? "").get("key") ?? "";

/** Gemini's API: `x-goog-api-key`, `?key=` or bearer, errors with the name of a gRPC code. */
export const gemini: Dialect = {
  name: "gemini",
  errors: {
    faults: errorFaults,
    refusals,
    json: (row) => errorJson(row),
    headers: () => [],
    retryMsHeader: "retry-after-ms",
  },
  idHeader: "x-simulated-request-id",
  requestId: (callId) => callId,
  alwaysChecks: false,
  checkCredential: (presented, credentials) => {
    const key = presented.header("x-goog-api-key") ?? (queryKey(presented) || bearerKey(presented));
    checkKey(key, credentials, "API key not valid. Please pass a valid API key.");
  },
};
