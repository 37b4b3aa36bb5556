import type { EncodedError, ErrorDetails } from "../canonical/codec.ts";
import { codes, type BedrockException, type Code, type CodeRow } from "../canonical/codes.data.ts";
import { AwsEventStreamMessage } from "../framing/aws-event-stream-message.ts";

/** A 500 tells nothing: the cause is in the log. */
const wordsOf = (code: Code, message: string): string =>
  code === "internal" ? codes.internal.meaning : message;

/** Surfaces whose streams know different exceptions. */
export type StreamSurface = "converse" | "invoke";

export type StreamException =
  | "internalServerException"
  | "modelStreamErrorException"
  | "modelTimeoutException"
  | "serviceUnavailableException"
  | "throttlingException"
  | "validationException";

const streamExceptions = {
  ValidationException: "validationException",
  MissingAuthenticationTokenException: "validationException",
  UnrecognizedClientException: "validationException",
  InvalidSignatureException: "validationException",
  AccessDeniedException: "validationException",
  ResourceNotFoundException: "validationException",
  ServiceQuotaExceededException: "validationException",
  ConflictException: "validationException",
  ThrottlingException: "throttlingException",
  ModelTimeoutException: "modelTimeoutException",
  ModelErrorException: "modelStreamErrorException",
  InternalServerException: "internalServerException",
  ServiceUnavailableException: "serviceUnavailableException",
} as const satisfies Record<BedrockException, StreamException>;

/** What went wrong with the model's stream, not with us. */
const brokenStreams: ReadonlySet<Code> = new Set<Code>([
  "upstream_cut",
  "upstream_error",
  "upstream_malformed",
]);

function streamExceptionOf(code: Code, surface: StreamSurface): StreamException {
  if (brokenStreams.has(code)) return "modelStreamErrorException";
  const row: CodeRow = codes[code];
  const [exception] = row.bedrock;
  const found = streamExceptions[exception];
  // Converse has no exception of this name: its SDKs would not know the class.
  return found === "modelTimeoutException" && surface === "converse"
    ? "modelStreamErrorException"
    : found;
}

/**
 * The answer to a failed call: without `x-amzn-errortype` SDKs could not tell which.
 */
export function encodeError(code: Code, message: string, details: ErrorDetails = {}): EncodedError {
  const row: CodeRow = codes[code];
  const [exception, status] = row.bedrock;
  const { retryAfterMs } = details;
  const headers = ["content-type", "application/json", "x-amzn-errortype", exception];
  if (typeof retryAfterMs === "number") {
    const ms = String(Math.ceil(retryAfterMs));
    // AWS's own in JavaScript takes the first of the two, the Vercel one `retry-after-ms`.
    headers.push("x-amz-retry-after", ms, "retry-after", String(Math.ceil(retryAfterMs / 1000)));
    headers.push("retry-after-ms", ms);
  }
  // AWS's SDKs read `message` alone; whoever reads the body finds what the refusal is made of.
  const more = details.facts === undefined ? {} : { details: details.facts };
  const body = JSON.stringify({ message: wordsOf(code, message), ...more });
  return { status: details.status ?? status, headers, body };
}

/** An error in mid-stream: the stream is closed after it, without a stop. */
export function encodeStreamError(code: Code, message: string, surface: StreamSurface): Buffer {
  const exception = streamExceptionOf(code, surface);
  const row: CodeRow = codes[code];
  const payload = {
    message: wordsOf(code, message),
    ...(exception === "modelStreamErrorException" ? { originalStatusCode: row.status } : {}),
  };
  return new AwsEventStreamMessage({
    ":exception-type": exception,
    ":content-type": "application/json",
    ":message-type": "exception",
  }).encode(JSON.stringify(payload));
}
