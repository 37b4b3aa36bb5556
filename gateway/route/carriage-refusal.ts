import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { sdkProvider } from "@sekisho/wire/ai-sdk/codec.ts";
import { breaksAll } from "@sekisho/wire/ai-sdk/proof.ts";
import { messagesProvider } from "@sekisho/wire/anthropic/codec.ts";
import { converseProvider, invokeProvider } from "@sekisho/wire/bedrock/codec.ts";
import { carriage } from "@sekisho/wire/canonical/carriage.data.ts";
import type { CanonicalRequest } from "@sekisho/wire/canonical/request.ts";
import { generateProvider } from "@sekisho/wire/gemini/codec.ts";
import { chatProvider } from "@sekisho/wire/openai/codec.ts";
import type { Parsed } from "@sekisho/wire/result.ts";
import type { ClientRequest, HeaderFeature } from "../request.ts";
import type { TargetApi } from "../target.ts";
import { passes, takesBytesOf, wordsOfApi, type AskedWords } from "../target-api.ts";
import { withLightMedia } from "./light-media.ts";

/** A request on its way to a target that may speak other words. */
export type CarriedRequest = AskedWords & Pick<ClientRequest, "canonical" | "headerFeatures">;

/** Whatever it writes: only what it refuses counts here. */
interface Writer {
  writeRequest(request: CanonicalRequest, model: string): Parsed<unknown, "unsupported_by_target">;
}

/** What they refuse depends on the model, not on a version or on the name of a limit. */
const writers: Readonly<Record<TargetApi, Writer>> = {
  "openai.chat": chatProvider("max_tokens"),
  "anthropic.messages": messagesProvider("2023-06-01"),
  "bedrock.converse": converseProvider,
  "bedrock.invoke": invokeProvider,
  "gemini.generateContent": generateProvider,
  "ai-sdk": sdkProvider(breaksAll),
};

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
  if (lost !== undefined) return lostHeader(lost, `is asked by ${api}`);
  const parsed = request.canonical();
  // The writer alone knows what it refuses for this model; found at dispatch it costs attempts.
  const written = parsed.ok
    ? writers[api].writeRequest(
        withLightMedia(parsed.value, (kind) => takesBytesOf(api, kind)),
        upstreamModel,
      )
    : parsed;
  if (written.ok) return null;
  const { code, message, path } = written;
  return new Failure<Code>(code, message, path === null ? {} : { param: path });
}

/** The same of a request for vectors: what is asked for beside a body goes nowhere else with it. */
export function vectorHeaderRefusal(
  request: AskedWords & Pick<ClientRequest, "headerFeatures">,
  api: TargetApi,
  upstreamModel: string,
): Failure<Code> | null {
  if (passes(request, api, upstreamModel)) return null;
  const lost = request.headerFeatures.find(({ feature }) => feature === "guardrails");
  return lost === undefined ? null : lostHeader(lost, "makes vectors in other words");
}

const lostHeader = ({ feature, header }: HeaderFeature, which: string): Failure<Code> =>
  new Failure<Code>(
    "unsupported_by_target",
    `Cannot translate the request: header "${header}" asks for ${carriage[feature].what}, ` +
      `which no target that ${which} carries`,
    { param: header },
  );
