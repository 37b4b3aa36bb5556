import type { DialectErrors, ErrorRow } from "../dialect.ts";
import type { ErrorFault } from "../faults.data.ts";

const row = (
  status: number,
  type: string,
  message: string,
  code: string | null = null,
): ErrorRow => ({
  status,
  type,
  code,
  message: `${message} (simulated)`,
});

const invalid = "invalid_request_error";

/** The faults that are HTTP errors with a body in the API's shape; `code` stands in the details. */
export const errorFaults = {
  "400": row(400, invalid, "max_tokens: Input should be greater than or equal to 1"),
  "401": row(401, "authentication_error", "invalid x-api-key"),
  "403": row(403, "permission_error", "Your API key does not have permission."),
  "404": row(404, "not_found_error", "model: not found"),
  "408": row(408, "timeout_error", "Request timed out"),
  "409": row(409, "conflict_error", "The resource was modified concurrently"),
  "413": row(413, "request_too_large", "Request exceeds the maximum size"),
  "422": row(422, invalid, "The request cannot be processed."),
  "424": row(424, "api_error", "The model failed."),
  "429": row(429, "rate_limit_error", "This request would exceed your account's rate limit."),
  "500": row(500, "api_error", "Internal server error"),
  "503": row(503, "api_error", "Service unavailable"),
  "529": row(529, "overloaded_error", "Overloaded"),
  "context-length": row(400, invalid, "prompt is too long: 208310 tokens > 200000 maximum"),
  "content-filter": row(400, invalid, "Output blocked by content filtering policy"),
  quota: row(
    429,
    "rate_limit_error",
    "You have crossed your monthly API usage threshold",
    "enforced_spend_limit_reached",
  ),
} as const satisfies Record<ErrorFault, ErrorRow>;

const refusal = (status: number, type: string): Omit<ErrorRow, "message"> => ({
  status,
  type,
  code: null,
});

/** How the simulator itself refuses. */
export const refusals: DialectErrors["refusals"] = {
  invalid_json: refusal(400, invalid),
  invalid_value: refusal(400, invalid),
  missing_field: refusal(400, invalid),
  payload_too_large: refusal(413, "request_too_large"),
  missing_key: refusal(401, "authentication_error"),
  invalid_key: refusal(401, "authentication_error"),
  invalid_signature: refusal(401, "authentication_error"),
  not_found: refusal(404, "not_found_error"),
  other_model: refusal(404, "not_found_error"),
  method_not_allowed: refusal(405, invalid),
  invalid_marker: refusal(400, invalid),
  overloaded: refusal(529, "overloaded_error"),
  internal: refusal(500, "api_error"),
};
