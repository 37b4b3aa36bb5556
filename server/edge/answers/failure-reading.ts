import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";

const isCode = (code: string): code is Code => Object.hasOwn(codes, code);

/**
 * Makes a failure of the table out of whatever was thrown. What is none becomes `internal`, which
 * tells the client nothing and the log everything.
 */
export function readFailure(error: unknown, log: GatewayLog, requestId: string): Failure<Code> {
  if (error instanceof Failure && isCode(error.code)) {
    // The guard has narrowed the code, not the class.
    return error as Failure<Code>;
  }
  log.error("a request failed for a reason that nobody foresaw", { requestId, error });
  return new Failure<Code>("internal", codes.internal.meaning, {}, error);
}
