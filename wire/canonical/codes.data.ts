/** One row of the table of codes: what a client sees of it on each surface. */
export interface CodeRow {
  /** HTTP status on the OpenAI and our own surfaces. */
  readonly status: number;
  /** May the same request succeed if it is sent again? */
  readonly retryable: boolean;
  /** One sentence for the docs and for a client whose failure has no better words. */
  readonly meaning: string;
  /** `type` and `code` of an OpenAI error body. */
  readonly openai: readonly [type: string, code: string | null];
  /** `type` of an Anthropic error body, and the HTTP status that stands beside it. */
  readonly anthropic: readonly [type: AnthropicErrorType, status: number];
  /** `x-amzn-errortype` of Bedrock, and the HTTP status that stands beside it. */
  readonly bedrock: readonly [exception: BedrockException, status: number];
  /** `status` of an error of Google's, and the HTTP status that stands beside it. */
  readonly gemini: readonly [status: GoogleStatus, httpStatus: number];
}

/** Names of gRPC's codes. */
export type GoogleStatus =
  | "INVALID_ARGUMENT"
  | "UNAUTHENTICATED"
  | "PERMISSION_DENIED"
  | "NOT_FOUND"
  | "UNIMPLEMENTED"
  | "ABORTED"
  | "RESOURCE_EXHAUSTED"
  | "CANCELLED"
  | "INTERNAL"
  | "UNAVAILABLE"
  | "DEADLINE_EXCEEDED";

/** Google's go by the HTTP status. */
const googleStatuses: Readonly<Record<number, GoogleStatus>> = {
  401: "UNAUTHENTICATED",
  402: "RESOURCE_EXHAUSTED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  405: "UNIMPLEMENTED",
  408: "DEADLINE_EXCEEDED",
  409: "ABORTED",
  429: "RESOURCE_EXHAUSTED",
  499: "CANCELLED",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

const geminiAt = (status: number): CodeRow["gemini"] => [
  googleStatuses[status] ?? (status < 500 ? "INVALID_ARGUMENT" : "INTERNAL"),
  status,
];

export type AnthropicErrorType =
  | "invalid_request_error"
  | "authentication_error"
  | "billing_error"
  | "permission_error"
  | "not_found_error"
  | "conflict_error"
  | "request_too_large"
  | "rate_limit_error"
  | "timeout_error"
  | "api_error"
  | "overloaded_error";

/** Anthropic's types go by the status. */
const anthropicTypes: Readonly<Record<number, AnthropicErrorType>> = {
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  408: "timeout_error",
  409: "conflict_error",
  413: "request_too_large",
  429: "rate_limit_error",
  504: "timeout_error",
};

const anthropicAt = (status: number): CodeRow["anthropic"] => [
  anthropicTypes[status] ?? (status < 500 ? "invalid_request_error" : "api_error"),
  status,
];

/** Those that clients of Bedrock have classes for, and three that they meet at AWS's front. */
export type BedrockException =
  | "ValidationException"
  | "MissingAuthenticationTokenException"
  | "UnrecognizedClientException"
  | "InvalidSignatureException"
  | "AccessDeniedException"
  | "ResourceNotFoundException"
  | "ServiceQuotaExceededException"
  | "ThrottlingException"
  | "ConflictException"
  | "ModelTimeoutException"
  | "ModelErrorException"
  | "InternalServerException"
  | "ServiceUnavailableException";

/** Bedrock's go by the status as well. */
const bedrockExceptions: Readonly<Record<number, CodeRow["bedrock"]>> = {
  401: ["UnrecognizedClientException", 403],
  402: ["ServiceQuotaExceededException", 400],
  403: ["AccessDeniedException", 403],
  404: ["ResourceNotFoundException", 404],
  408: ["ModelTimeoutException", 408],
  409: ["ConflictException", 400],
  429: ["ThrottlingException", 429],
  503: ["ServiceUnavailableException", 503],
  504: ["ModelTimeoutException", 408],
};

const bedrockAt = (status: number): CodeRow["bedrock"] =>
  bedrockExceptions[status] ??
  (status < 500 ? ["ValidationException", 400] : ["InternalServerException", 500]);

/** What a status does not tell. */
type OtherWords = Partial<Pick<CodeRow, "anthropic" | "bedrock" | "gemini">>;

/** A 503 that says "there is no room now": 529 on Anthropic's surface. */
const overloaded: OtherWords = { anthropic: ["overloaded_error", 529] };

/** By this name SDKs of AWS know that their clock may be wrong, set it by ours and try again. */
const badSignature: OtherWords = { bedrock: ["InvalidSignatureException", 403] };

const row = (
  status: number,
  retryable: boolean,
  openaiType: string,
  openaiCode: string | null,
  meaning: string,
  words: OtherWords = {},
): CodeRow => ({
  status,
  retryable,
  meaning,
  openai: [openaiType, openaiCode],
  anthropic: words.anthropic ?? anthropicAt(status),
  bedrock: words.bedrock ?? bedrockAt(status),
  gemini: words.gemini ?? geminiAt(status),
});

const invalid = "invalid_request_error";
const server = "server_error";

/**
 * Every code that leaves the process, on any surface: code -> status, retryable, meaning and the
 * dialects' words. docs/errors.md is generated from it.
 */
export const codes = {
  // The request itself
  bad_request: row(400, false, invalid, "bad_request", "The HTTP request breaks a framing rule."),
  invalid_json: row(400, false, invalid, "invalid_json", "The body is not valid JSON in UTF-8."),
  invalid_value: row(
    400,
    false,
    invalid,
    "invalid_value",
    "A field has the wrong type or a value outside its range.",
  ),
  missing_field: row(
    400,
    false,
    invalid,
    "missing_required_parameter",
    "A required field is absent.",
  ),
  duplicate_field: row(
    400,
    false,
    invalid,
    "duplicate_field",
    "A field that steers the call stands twice in the body.",
  ),
  too_complex: row(
    400,
    false,
    invalid,
    "too_complex",
    "The body is nested too deeply or has too many keys, messages or tools.",
  ),
  unsupported_by_target: row(
    400,
    false,
    invalid,
    "unsupported_by_target",
    "No target of the model can carry a field whose loss would change the answer.",
  ),
  context_length_exceeded: row(
    400,
    false,
    invalid,
    "context_length_exceeded",
    "The prompt does not fit the model's window.",
  ),
  attachment_failed: row(
    400,
    false,
    invalid,
    "attachment_failed",
    "An image or a document could not be fetched from the URL that the request gives.",
  ),
  upstream_rejected: row(400, false, invalid, null, "The provider refused the request as wrong."),
  unprocessable: row(
    422,
    false,
    invalid,
    "unprocessable",
    "The request is well formed, but its content breaks a rule.",
  ),
  payload_too_large: row(
    413,
    false,
    invalid,
    "payload_too_large",
    "The body is larger than the surface allows.",
  ),
  headers_too_large: row(
    431,
    false,
    invalid,
    "headers_too_large",
    "The request's headers are larger than allowed.",
  ),
  uri_too_long: row(414, false, invalid, "uri_too_long", "The URL is longer than allowed."),
  unsupported_media_type: row(
    415,
    false,
    invalid,
    "unsupported_media_type",
    "The body's type or content coding is not accepted.",
  ),
  header_timeout: row(
    408,
    true,
    invalid,
    "header_timeout",
    "The request's head did not arrive in time.",
  ),
  body_timeout: row(408, true, invalid, "body_timeout", "The body did not arrive in time."),
  // Who asks
  missing_credential: row(401, false, invalid, "missing_api_key", "The request carries no key.", {
    bedrock: ["MissingAuthenticationTokenException", 403],
  }),
  invalid_credential: row(
    401,
    false,
    invalid,
    "invalid_api_key",
    "The key is unknown, mistyped or revoked.",
  ),
  invalid_signature: row(
    401,
    false,
    invalid,
    "invalid_signature",
    "The request was not signed with the secret of its access key, or changed on its way.",
    badSignature,
  ),
  signature_expired: row(
    401,
    false,
    invalid,
    "signature_expired",
    "The request was signed more than 5 minutes before or after the gateway's time.",
    badSignature,
  ),
  conflicting_credentials: row(
    400,
    false,
    invalid,
    "conflicting_credentials",
    "The request carries more than one key.",
  ),
  forbidden: row(403, false, "permission_error", "forbidden", "The key may not do this."),
  model_forbidden: row(
    403,
    false,
    "permission_error",
    "model_forbidden",
    "The key may not use this model.",
  ),
  unpriced: row(
    403,
    false,
    "permission_error",
    "unpriced",
    "The model has no price, and the key has a money budget.",
  ),
  // What is asked for
  model_not_found: row(
    404,
    false,
    invalid,
    "model_not_found",
    "No model or alias of that name is configured.",
  ),
  not_found: row(
    404,
    false,
    invalid,
    "not_found",
    "Nothing is served under this path, or the object does not exist.",
  ),
  unsupported_surface: row(
    404,
    false,
    invalid,
    "unsupported_surface",
    "This part of the API is out of scope.",
  ),
  method_not_allowed: row(
    405,
    false,
    invalid,
    "method_not_allowed",
    "The path does not know this method.",
  ),
  conflict: row(409, false, invalid, "conflict", "The object is in a state that forbids this."),
  idempotency_mismatch: row(
    422,
    false,
    invalid,
    "idempotency_mismatch",
    "The idempotency key was sent before with another request.",
  ),
  idempotency_in_progress: row(
    409,
    true,
    invalid,
    "idempotency_in_progress",
    "Another process is answering the first request with this idempotency key.",
  ),
  outcome_unknown: row(
    409,
    false,
    invalid,
    "outcome_unknown",
    "The first request with this idempotency key was sent; its answer is not known or not kept.",
  ),
  // Money and rates
  budget_exhausted: row(402, false, "insufficient_quota", "budget_exhausted", "A budget is spent."),
  in_flight: row(
    402,
    true,
    "insufficient_quota",
    "in_flight",
    "What is left of a budget is held by calls under way.",
    // SDKs of AWS and Google try nothing else of it again.
    { bedrock: ["ThrottlingException", 429], gemini: geminiAt(429) },
  ),
  request_exceeds_budget: row(
    402,
    false,
    "insufficient_quota",
    "request_exceeds_budget",
    "This one call could cost more than the whole budget.",
  ),
  rate_limited: row(
    429,
    true,
    "rate_limit_error",
    "rate_limit_exceeded",
    "More requests, tokens or calls at once than a rate allows.",
  ),
  upstream_rate_limited: row(
    429,
    true,
    "rate_limit_error",
    "upstream_rate_limited",
    "Every target of the model throttles.",
  ),
  // Providers
  content_filtered: row(
    400,
    false,
    invalid,
    "content_filter",
    "The provider's content filter refused the prompt.",
  ),
  upstream_auth: row(
    502,
    false,
    server,
    "upstream_auth",
    "The provider refuses the gateway's credential.",
    // Trying again would not help, as it might after a 500.
    { bedrock: ["ModelErrorException", 424] },
  ),
  upstream_unavailable: row(
    503,
    true,
    server,
    "upstream_unavailable",
    "Every target of the model failed or is unreachable.",
    overloaded,
  ),
  upstream_error: row(
    502,
    true,
    server,
    "upstream_error",
    "The provider answered with an error of its own.",
  ),
  upstream_defect: row(
    502,
    false,
    server,
    "upstream_defect",
    "What asks the provider is at fault, a package or its settings: the log has what it threw.",
    // SDKs of AWS try the others of their kind again.
    { bedrock: ["ModelErrorException", 424] },
  ),
  upstream_malformed: row(
    502,
    true,
    server,
    "upstream_malformed",
    "The provider's answer could not be understood.",
  ),
  upstream_cut: row(
    502,
    true,
    server,
    "upstream_cut",
    "The provider's answer ended before it was complete.",
  ),
  upstream_timeout: row(
    504,
    true,
    server,
    "upstream_timeout",
    "The provider did not answer in time.",
  ),
  circuit_open: row(
    503,
    true,
    server,
    "circuit_open",
    "Every target of the model has failed lately and is being rested.",
    overloaded,
  ),
  deadline_exceeded: row(
    504,
    true,
    server,
    "deadline_exceeded",
    "The request's own deadline passed.",
  ),
  // Ourselves
  overloaded: row(
    503,
    true,
    server,
    "overloaded",
    "The gateway is at a limit of its own.",
    overloaded,
  ),
  draining: row(503, true, server, "draining", "The gateway is about to stop.", overloaded),
  storage_unavailable: row(
    503,
    true,
    server,
    "storage_unavailable",
    "The store cannot accept a write.",
  ),
  issuer_unavailable: row(
    503,
    true,
    server,
    "issuer_unavailable",
    "The keys of the token's issuer cannot be read.",
    overloaded,
  ),
  client_closed: row(
    499,
    false,
    invalid,
    "client_closed",
    "The client went away before the answer was complete.",
  ),
  cancelled: row(499, false, invalid, "cancelled", "The answer was cancelled by its owner."),
  hedge_lost: row(
    499,
    false,
    invalid,
    "hedge_lost",
    "Another attempt of the same call was quicker; no client is told of it.",
  ),
  stream_expired: row(
    410,
    false,
    invalid,
    "stream_expired",
    "The answer can no longer be read from there.",
  ),
  stream_interrupted: row(
    503,
    true,
    server,
    "stream_interrupted",
    "The process that made the answer has stopped in the midst of it.",
  ),
  slow_reader: row(408, false, invalid, "slow_reader", "The client did not read its answer."),
  internal: row(500, true, server, "internal_error", "Something went wrong inside the gateway."),
} as const satisfies Record<string, CodeRow>;

export type Code = keyof typeof codes;
