import { bearerKey, checkKey } from "../credentials.ts";
import type { Dialect } from "../dialect.ts";
import { errorFaults, refusals } from "./errors.data.ts";

/** OpenAI's API: bearer keys, `x-request-id`, errors with type and code. */
export const openai: Dialect = {
  name: "openai",
  errors: {
    faults: errorFaults,
    refusals,
    json: ({ message, type, code }, _, param) =>
      JSON.stringify({ error: { message, type, param, code } }),
    headers: () => [],
    retryMsHeader: "retry-after-ms",
  },
  idHeader: "x-request-id",
  requestId: (callId) => callId,
  alwaysChecks: false,
  checkCredential: (presented, credentials) =>
    checkKey(bearerKey(presented), credentials, "Incorrect API key provided."),
};
