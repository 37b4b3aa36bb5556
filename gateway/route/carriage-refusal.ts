import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { refuseUnwritten } from "@sekisho/wire/bedrock/write-invoke.ts";
import { carriage } from "@sekisho/wire/canonical/carriage.data.ts";
import { refuseUncarried } from "@sekisho/wire/canonical/carriage.ts";
import type { ClientRequest, HeaderFeature } from "../request.ts";
import type { TargetApi } from "../target.ts";
import { passes, wordsOfApi, type AskedWords } from "../target-api.ts";

/** A request on its way to a target that may speak other words. */
export type CarriedRequest = AskedWords & Pick<ClientRequest, "canonical" | "headerFeatures">;

/**
 * Why a request cannot be put in the words of this interface without a change to what its answer
 * means; null when it can, and where the client's own bytes pass (WIR-13).
 */
export function carriageRefusal(
  request: CarriedRequest,
  api: TargetApi,
  upstreamModel: string,
): Failure<Code> | null {
  if (passes(request, api, upstreamModel)) return null;
  const lost = request.headerFeatures.find(
    ({ feature }) => carriage[feature][wordsOfApi[api]] === "refuse",
  );
  if (lost !== undefined) return lostHeader(lost, api);
  const parsed = request.canonical();
  const unwritten = api === "bedrock.invoke" ? refuseUnwritten(upstreamModel) : null;
  const refusal = parsed.ok
    ? (unwritten ?? refuseUncarried(parsed.value, wordsOfApi[api]))
    : parsed;
  if (refusal === null) return null;
  const { code, message, path } = refusal;
  return new Failure<Code>(code, message, path === null ? {} : { param: path });
}

const lostHeader = ({ feature, header }: HeaderFeature, api: TargetApi): Failure<Code> =>
  new Failure<Code>(
    "unsupported_by_target",
    `Cannot translate the request: header "${header}" asks for ${carriage[feature].what}, ` +
      `which no target that is asked by ${api} carries`,
    { param: header },
  );
