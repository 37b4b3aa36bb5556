import type { DialectErrors, ErrorRow } from "../dialect.ts";
import type { ErrorFault } from "../faults.data.ts";

const row = (status: number, type: string, message: string): ErrorRow => ({
  status,
  type,
  code: null,
  message: `${message} (simulated)`,
});

/** The faults that are HTTP errors; the type is the exception's name. */
export const errorFaults = {
  "400": row(400, "ValidationException", "The provided request is not valid."),
  "401": row(403, "UnrecognizedClientException", "The security token is invalid."),
  "403": row(403, "AccessDeniedException", "You don't have access to the model."),
  "404": row(404, "ResourceNotFoundException", "Could not resolve the foundation model."),
  "408": row(408, "ModelTimeoutException", "The model took too long to answer."),
  "409": row(400, "ConflictException", "The resource was changed by another request."),
  "413": row(413, "RequestEntityTooLargeException", "The request is too large."),
  "422": row(422, "ValidationException", "The request cannot be processed."),
  "424": row(424, "ModelErrorException", "The model failed to process the request."),
  "429": row(429, "ThrottlingException", "Too many requests, please wait before trying again."),
  "500": row(500, "InternalServerException", "The system encountered an unexpected error."),
  "503": row(503, "ServiceUnavailableException", "The service is unavailable."),
  "529": row(429, "ModelNotReadyException", "The model is not ready to serve requests."),
  "context-length": row(400, "ValidationException", "Input is too long for requested model."),
  "content-filter": row(400, "ValidationException", "Output blocked by content filtering policy."),
  quota: row(400, "ServiceQuotaExceededException", "Your request exceeds the service quota."),
} as const satisfies Record<ErrorFault, ErrorRow>;

const refusal = (status: number, type: string): Omit<ErrorRow, "message"> => ({
  status,
  type,
  code: null,
});

/** How the simulator itself refuses. */
export const refusals: DialectErrors["refusals"] = {
  invalid_json: refusal(400, "SerializationException"),
  invalid_value: refusal(400, "ValidationException"),
  missing_field: refusal(400, "ValidationException"),
  payload_too_large: refusal(413, "RequestEntityTooLargeException"),
  missing_key: refusal(403, "MissingAuthenticationTokenException"),
  invalid_key: refusal(403, "UnrecognizedClientException"),
  invalid_signature: refusal(403, "InvalidSignatureException"),
  not_found: refusal(404, "UnknownOperationException"),
  other_model: refusal(400, "ValidationException"),
  method_not_allowed: refusal(405, "UnknownOperationException"),
  invalid_marker: refusal(400, "ValidationException"),
  overloaded: refusal(503, "ServiceUnavailableException"),
  internal: refusal(500, "InternalServerException"),
};
