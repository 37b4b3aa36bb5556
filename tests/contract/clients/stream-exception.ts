import type { Surface } from "@sekisho/gateway/request.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";

/**
 * The exception that ends a stream of Bedrock's. Converse has none of its own for a model that
 * takes too long.
 */
export function streamExceptionOf(code: Code, surface: Surface): string {
  if (code === "upstream_timeout" && surface === "bedrock.invoke") return "modelTimeoutException";
  return "modelStreamErrorException";
}
