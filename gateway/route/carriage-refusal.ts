import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { refuseUncarried } from "@sekisho/wire/canonical/carriage.ts";
import type { ClientRequest } from "../request.ts";
import type { TargetApi } from "../target.ts";
import { wordsOfApi } from "../target-api.ts";

/**
 * Why a request cannot be put in the words of this interface without a change to what its answer
 * means; null when it can, and where the client's own bytes pass (WIR-13).
 */
export function carriageRefusal(
  { surface, canonical }: Pick<ClientRequest, "surface" | "canonical">,
  api: TargetApi,
): Failure<Code> | null {
  if (surface === api) return null;
  const parsed = canonical();
  const refusal = parsed.ok ? refuseUncarried(parsed.value, wordsOfApi[api]) : parsed;
  if (refusal === null) return null;
  const { code, message, path } = refusal;
  return new Failure<Code>(code, message, path === null ? {} : { param: path });
}
