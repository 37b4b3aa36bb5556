import type { Surface } from "@sekisho/gateway/request.ts";
import {
  codes,
  type BedrockException,
  type Code,
  type CodeRow,
} from "@sekisho/wire/canonical/codes.data.ts";

/** By the exception that the same failure is before an answer. */
const inStreams: Readonly<Partial<Record<BedrockException, string>>> = {
  ThrottlingException: "throttlingException",
  ValidationException: "validationException",
  ServiceUnavailableException: "serviceUnavailableException",
};

/** The exception that ends a stream of Bedrock's; Converse has none of its own for a time-out. */
export function streamExceptionOf(code: Code, surface: Surface): string {
  if (code === "upstream_timeout" && surface === "bedrock.invoke") return "modelTimeoutException";
  const row: CodeRow = codes[code];
  return inStreams[row.bedrock[0]] ?? "modelStreamErrorException";
}
