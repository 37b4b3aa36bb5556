import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { BodyChanges } from "@sekisho/wire/canonical/body-changes.ts";
import type { ProviderCodec } from "@sekisho/wire/canonical/codec.ts";
import type { CanonicalRequest } from "@sekisho/wire/canonical/request.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { ChatRequest } from "@sekisho/wire/openai/chat-request.ts";
import type { Parsed } from "@sekisho/wire/result.ts";
import type { AttemptInput } from "../../provider.ts";

/**
 * The body for the target: the client's own bytes but for what the plan changes (WIR-10), or a
 * translation. Throws Failure `unsupported_by_target` when the target cannot carry the request.
 */
export function requestBody(input: AttemptInput, codec: ProviderCodec): Buffer {
  const { read } = input.call.request;
  const { target } = input.planned;
  if (read instanceof ChatRequest) return read.rewrite(changes(input), target.facts.maxTokensField);
  const canonical = unwrap(read.toCanonical());
  return unwrap(codec.writeRequest(withDefaults(canonical, input), target.upstreamModel));
}

function changes({ call, planned }: AttemptInput): BodyChanges {
  const { temperature, topP } = call.entry.defaults;
  return {
    model: planned.target.upstreamModel,
    maxTokens: planned.maxTokens,
    // The ledger needs usage; a client that did not ask for it is not shown it.
    streamUsage: true,
    ...(temperature === null && topP === null
      ? {}
      : {
          defaults: {
            ...(temperature === null ? {} : { temperature }),
            ...(topP === null ? {} : { topP }),
          },
        }),
  };
}

function withDefaults(
  request: CanonicalRequest,
  { call, planned }: AttemptInput,
): CanonicalRequest {
  const { temperature, topP } = call.entry.defaults;
  const { sampling } = request;
  return {
    ...request,
    maxTokens: planned.maxTokens,
    sampling: {
      ...sampling,
      temperature: sampling.temperature ?? temperature,
      topP: sampling.topP ?? topP,
    },
  };
}

function unwrap<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  const { path } = parsed;
  throw new Failure<Code>(parsed.code, parsed.message, path === null ? {} : { param: path });
}
