import type { Completion } from "@sekisho/gateway/answer.ts";
import { checkModelName } from "@sekisho/gateway/model-name.ts";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import type { PathParameters } from "@sekisho/lib/http/router.ts";
import { invokeClient } from "@sekisho/wire/bedrock/codec.ts";
import { writeMetricHeaders } from "@sekisho/wire/bedrock/invoke/invocation-metrics.ts";
import { invokeHeaders } from "@sekisho/wire/bedrock/invoke/invoke-headers.data.ts";
import type { EmbeddingSurface, ModelSurface } from "../../answers/model-surface.ts";
import { eventStreamWords } from "../../answers/stream-words.ts";

const invocation = (stream: boolean) =>
  ({
    name: "bedrock.invoke",
    codec: invokeClient,
    requestIdHeader: "x-amzn-requestid",
    // Of an answer that passes, as the provider told it.
    completionHeaders: ({
      headers,
      usage,
      timing,
    }: Pick<Completion, "headers" | "usage" | "timing">): readonly string[] =>
      headers.length > 0 ? headers : writeMetricHeaders(usage, timing.latencyMs),
    said: (head: RequestHead, { id = "" }: PathParameters) => ({
      surface: "bedrock.invoke" as const,
      path: { model: checkModelName(id, "modelId"), stream },
      head: { headers: askedHeaders(head) },
    }),
  }) as const;

const surface = (stream: boolean): ModelSurface => ({
  ...invocation(stream),
  // Claude's answers alone have an id in them, as Anthropic writes it for Bedrock.
  idPrefix: "msg_bdrk_",
  stream: eventStreamWords(invokeClient, ["x-amzn-bedrock-content-type", "application/json"]),
});

/** Those that the operation has, by their allow-list (SEC-7). */
function askedHeaders(head: RequestHead): ReadonlyMap<string, string> {
  const asked = new Map<string, string>();
  for (const name of invokeHeaders.keys()) {
    const value = head.header(name);
    if (value !== undefined) asked.set(name, value);
  }
  return asked;
}

/** `POST /model/{id}/invoke` */
export const invoke: ModelSurface = surface(false);

/** The same where the name stands for models that make vectors. */
export const invokeVectors: EmbeddingSurface = {
  ...invocation(false),
  idPrefix: "",
  stream: null,
};

/** `POST /model/{id}/invoke-with-response-stream` */
export const invokeStream: ModelSurface = surface(true);
