import type { DialectErrors, ErrorRow } from "../dialect.ts";
import type { ErrorFault } from "../faults.data.ts";

const row = (
  status: number,
  type: string,
  message: string,
  code: string | null = null,
): ErrorRow => ({ status, type, code, message: `${message} (simulated)` });

const invalid = "INVALID_ARGUMENT";

/** The faults that are HTTP errors with a body in the API's shape; `code` stands in the details. */
export const errorFaults = {
  "400": row(400, invalid, "Invalid value at 'generation_config.top_k'"),
  "401": row(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
  "403": row(403, "PERMISSION_DENIED", "The caller does not have permission"),
  "404": row(404, "NOT_FOUND", "models/none is not found for API version v1beta"),
  "408": row(408, "DEADLINE_EXCEEDED", "The request timed out."),
  "409": row(409, "ABORTED", "The operation was aborted."),
  "413": row(413, invalid, "Request payload size exceeds the limit"),
  "422": row(422, invalid, "The request cannot be processed."),
  "424": row(424, "INTERNAL", "The model failed."),
  "429": row(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
  "500": row(500, "INTERNAL", "An internal error has occurred."),
  "503": row(503, "UNAVAILABLE", "The service is currently unavailable."),
  "529": row(529, "UNAVAILABLE", "The model is overloaded. Please try again later."),
  "context-length": row(
    400,
    invalid,
    "The input token count (208310) exceeds the maximum number of tokens allowed (200000).",
  ),
  "content-filter": row(400, invalid, "The prompt was blocked by the safety filter."),
  quota: row(
    429,
    "RESOURCE_EXHAUSTED",
    "You exceeded your current quota, please check your plan and billing details.",
    "GenerateRequestsPerDayPerProjectPerModel",
  ),
} as const satisfies Record<ErrorFault, ErrorRow>;

const refusal = (
  status: number,
  type: string,
  code: string | null = null,
): Omit<ErrorRow, "message"> => ({ status, type, code });

/** How the simulator itself refuses. */
export const refusals: DialectErrors["refusals"] = {
  invalid_json: refusal(400, invalid),
  invalid_value: refusal(400, invalid),
  missing_field: refusal(400, invalid),
  payload_too_large: refusal(413, invalid),
  missing_key: refusal(403, "PERMISSION_DENIED"),
  invalid_key: refusal(400, invalid, "API_KEY_INVALID"),
  invalid_signature: refusal(400, invalid, "API_KEY_INVALID"),
  not_found: refusal(404, "NOT_FOUND"),
  other_model: refusal(404, "NOT_FOUND"),
  method_not_allowed: refusal(405, "UNIMPLEMENTED"),
  invalid_marker: refusal(400, invalid),
  overloaded: refusal(503, "UNAVAILABLE"),
  internal: refusal(500, "INTERNAL"),
};
