import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { UpstreamFailureCode } from "@sekisho/lib/http/upstream.ts";

const codes = {
  connect_failed: true,
  connect_timeout: true,
  no_connection: true,
  upstream_cut: true,
  upstream_malformed: true,
  aborted: true,
} as const satisfies Record<UpstreamFailureCode, true>;

const isCode = (code: string): code is UpstreamFailureCode => Object.hasOwn(codes, code);

/** What packages that bring a transport of their own throw. */
const foreignCodes: ReadonlyMap<unknown, UpstreamFailureCode> = new Map([
  ["ECONNREFUSED", "connect_failed"],
  ["ENOTFOUND", "connect_failed"],
  ["EAI_AGAIN", "connect_failed"],
  ["EHOSTUNREACH", "connect_failed"],
  ["ENETUNREACH", "connect_failed"],
  ["ETIMEDOUT", "connect_timeout"],
  ["UND_ERR_CONNECT_TIMEOUT", "connect_timeout"],
  ["ECONNRESET", "upstream_cut"],
  ["EPIPE", "upstream_cut"],
  ["UND_ERR_SOCKET", "upstream_cut"],
] as const);

/** Packages wrap what the transport threw in errors of their own. */
const maxCauses = 8;

/** How a call ended below a package; null where the package itself found fault. */
export function transportFailure(thrown: unknown): UpstreamFailureCode | null {
  let error = thrown;
  for (let depth = 0; depth < maxCauses && error instanceof Error; depth += 1) {
    if (error instanceof Failure && isCode(error.code)) return error.code;
    const foreign = "code" in error ? foreignCodes.get(error.code) : undefined;
    if (foreign !== undefined) return foreign;
    error = error.cause;
  }
  return null;
}
