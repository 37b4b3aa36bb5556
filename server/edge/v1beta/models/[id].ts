import { checkModelName } from "@sekisho/gateway/model-name.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import type { PathParameters } from "@sekisho/lib/http/router.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { generateClient } from "@sekisho/wire/gemini/codec.ts";
import { encodeTokenCount } from "@sekisho/wire/gemini/count-tokens.ts";
import type { CountingSurface, ModelSurface } from "../../answers/model-surface.ts";
import { sseWords } from "../../answers/stream-words.ts";

const common = { codec: generateClient, requestIdHeader: "x-request-id" } as const;

/** A segment of the path in its parts: the model, and behind its last colon what is asked of it. */
export function splitMethod({ id = "" }: PathParameters): PathParameters {
  const colon = id.lastIndexOf(":");
  return colon === -1
    ? { id, method: "" }
    : { id: id.slice(0, colon), method: id.slice(colon + 1) };
}

const modelOf = ({ id = "" }: PathParameters): string => checkModelName(id, "model");

/** Without `alt=sse` Google streams one list, which nobody can read before it ends. */
function checkAlt({ query }: RequestHead): void {
  const alt = new URLSearchParams(query).get("alt");
  if (alt === "sse") return;
  const message = 'Cannot stream: the query has no "alt=sse", and a list is not streamed here';
  throw new Failure<Code>("invalid_value", message, { param: "alt" });
}

/** `POST /v1beta/models/{model}:generateContent` */
export const generateContent: ModelSurface = {
  ...common,
  name: "gemini.generateContent",
  idPrefix: "",
  stream: sseWords(generateClient),
  said: (_head, parameters) => ({
    surface: "gemini.generateContent",
    path: { model: modelOf(parameters), stream: false },
  }),
};

/** `POST /v1beta/models/{model}:streamGenerateContent?alt=sse` */
const streamGenerateContent: ModelSurface = {
  ...generateContent,
  said(head, parameters) {
    checkAlt(head);
    const path = { model: modelOf(parameters), stream: true };
    return { surface: "gemini.generateContent", path };
  },
};

/** Embeddings, predictions, caches … */
const unknownMethod: ModelSurface = {
  ...generateContent,
  said(_head, { method = "" }) {
    const what = method === "" ? "no method" : `the method "${method.slice(0, 64)}"`;
    const served = "generateContent, streamGenerateContent and countTokens are served";
    throw new Failure<Code>("unsupported_surface", `Cannot serve ${what}: ${served}`);
  },
};

/** `POST /v1beta/models/{model}:countTokens` */
export const countTokens: CountingSurface = {
  ...common,
  name: "gemini.countTokens",
  said: (_head, parameters) => ({
    surface: "gemini.countTokens",
    path: { model: modelOf(parameters), stream: false },
  }),
  encodeCount: encodeTokenCount,
};

/** Whose method it is; null for a count. */
export function surfaceOf({ method = "" }: PathParameters): ModelSurface | null {
  switch (method) {
    case "generateContent":
      return generateContent;
    case "streamGenerateContent":
      return streamGenerateContent;
    case "countTokens":
      return null;
    default:
      return unknownMethod;
  }
}
