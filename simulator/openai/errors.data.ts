import type { DialectErrors, ErrorRow } from "../dialect.ts";
import type { ErrorFault } from "../faults.data.ts";

const row = (
  status: number,
  [type, code]: readonly [type: string, code: string | null],
  message: string,
): ErrorRow => ({ status, type, code, message: `${message} (simulated)` });

const invalid = "invalid_request_error";

/** The faults that are HTTP errors with a body in the API's shape. */
export const errorFaults = {
  "400": row(400, [invalid, "invalid_value"], "The request is invalid."),
  "401": row(401, [invalid, "invalid_api_key"], "Incorrect API key provided."),
  "403": row(403, [invalid, "unsupported_country_region_territory"], "Access is denied."),
  "404": row(404, [invalid, "model_not_found"], "The model does not exist."),
  "408": row(408, [invalid, null], "The request timed out."),
  "409": row(409, [invalid, "conflict"], "The object was changed by another request."),
  "413": row(413, [invalid, "payload_too_large"], "The request is too large."),
  "422": row(422, [invalid, "unprocessable_entity"], "The request cannot be processed."),
  "424": row(424, ["server_error", null], "The model failed."),
  "429": row(429, ["requests", "rate_limit_exceeded"], "Rate limit reached."),
  "500": row(500, ["server_error", null], "The server had an error."),
  "503": row(503, ["server_error", null], "The engine is currently overloaded."),
  "529": row(529, ["overloaded_error", null], "Overloaded."),
  "context-length": row(
    400,
    [invalid, "context_length_exceeded"],
    "This model's maximum context length is exceeded.",
  ),
  "content-filter": row(400, [invalid, "content_filter"], "The prompt was filtered."),
  quota: row(429, ["insufficient_quota", "insufficient_quota"], "You exceeded your quota."),
} as const satisfies Record<ErrorFault, ErrorRow>;

/** How the simulator itself refuses. */
export const refusals: DialectErrors["refusals"] = {
  invalid_json: { status: 400, type: invalid, code: null },
  invalid_value: { status: 400, type: invalid, code: "invalid_value" },
  missing_field: { status: 400, type: invalid, code: "missing_required_parameter" },
  payload_too_large: { status: 413, type: invalid, code: "payload_too_large" },
  missing_key: { status: 401, type: invalid, code: "invalid_api_key" },
  invalid_signature: { status: 401, type: invalid, code: "invalid_api_key" },
  invalid_key: { status: 401, type: invalid, code: "invalid_api_key" },
  not_found: { status: 404, type: invalid, code: "not_found" },
  other_model: { status: 403, type: invalid, code: null },
  method_not_allowed: { status: 405, type: invalid, code: "method_not_allowed" },
  invalid_marker: { status: 400, type: invalid, code: "invalid_sim_marker" },
  overloaded: { status: 503, type: "server_error", code: "simulator_full" },
  internal: { status: 500, type: "server_error", code: "simulator_bug" },
};
