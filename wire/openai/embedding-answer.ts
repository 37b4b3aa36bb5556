import type { EmbeddedInputs } from "../canonical/embedding-codec.ts";
import type { FromProvider } from "../canonical/provider-fault.ts";
import { noUsage, type Usage } from "../canonical/usage.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { elementSpans, memberSpans } from "../framing/json-elements.ts";
import { jsonOf } from "../framing/json-of.ts";
import type { Span } from "../framing/json-scan.ts";
import { ok } from "../result.ts";
import { findError, readErrorObject, silentFault } from "./provider-fault.ts";
import { malformedAnswer } from "./retryable.data.ts";
import { readUsage } from "./usage.ts";

const malformed: FromProvider<never> = { ok: false, fault: silentFault(malformedAnswer) };

/** A 200 that is empty, an error, or has another number of vectors than were asked for is none. */
function readAnswer(bytes: Buffer, count: number): FromProvider<JsonObject> {
  const json = jsonOf(bytes);
  const error = findError(json);
  if (error !== null) return { ok: false, fault: readErrorObject(error) };
  if (!isObject(json) || !Array.isArray(json["data"])) return malformed;
  const { data } = json;
  const isWhole = data.length === count && data.every((each: unknown) => isVector(each));
  return isWhole ? ok(json) : malformed;
}

function isVector(item: unknown): boolean {
  const vector = isObject(item) ? item["embedding"] : null;
  return Array.isArray(vector) ? vector.length > 0 : typeof vector === "string" && vector !== "";
}

/** What the gateway must know of an answer that it passes on; its vectors are left alone. */
export function observeEmbeddings(
  bytes: Buffer,
  count: number,
): FromProvider<Pick<EmbeddedInputs, "model" | "usage">> {
  const answer = readAnswer(bytes, count);
  return answer.ok ? ok(factsOf(answer.value)) : answer;
}

/** The vectors as the provider wrote them, in the order of the inputs. */
export function decodeEmbeddings(bytes: Buffer, count: number): FromProvider<EmbeddedInputs> {
  const answer = readAnswer(bytes, count);
  if (!answer.ok) return answer;
  const { data } = memberSpans(bytes, wholeOf(bytes), ["data"]);
  const vectors = data === null ? null : inOrder(bytes, data, count);
  return vectors === null ? malformed : ok({ vectors, ...factsOf(answer.value) });
}

/** Null where an index stands twice, or is none. */
function inOrder(bytes: Buffer, data: Span, count: number): string[] | null {
  const vectors: (string | undefined)[] = Array.from({ length: count });
  for (const [place, item] of elementSpans(bytes, data).entries()) {
    const { embedding, index } = memberSpans(bytes, item, ["embedding", "index"]);
    const at = index === null ? place : Number(bytes.toString("latin1", index.start, index.end));
    if (embedding === null || !(at in vectors) || vectors[at] !== undefined) return null;
    vectors[at] = bytes.toString("latin1", embedding.start, embedding.end);
  }
  const found = vectors.filter((vector) => vector !== undefined);
  return found.length === count ? found : null;
}

const wholeOf = (bytes: Buffer): Span => ({ start: bytes.indexOf("{"), end: bytes.length });

function factsOf({ model, usage }: JsonObject): Pick<EmbeddedInputs, "model" | "usage"> {
  return {
    model: typeof model === "string" && model !== "" ? model : null,
    usage: readUsage(usage),
  };
}

/** An answer of these vectors, each of which is JSON already. */
export function encodeEmbeddings(
  vectors: readonly string[],
  { model, usage }: { readonly model: string; readonly usage: Usage | null },
): string {
  const { input, cacheRead, cacheWrite5m, cacheWrite1h } = usage ?? noUsage;
  const tokens = input + cacheRead + cacheWrite5m + cacheWrite1h;
  const data = vectors.map(
    (vector, index) => `{"object":"embedding","index":${index},"embedding":${vector}}`,
  );
  const counts = JSON.stringify({ prompt_tokens: tokens, total_tokens: tokens });
  return (
    `{"object":"list","data":[${data.join(",")}],"model":${JSON.stringify(model)},` +
    `"usage":${counts}}`
  );
}
