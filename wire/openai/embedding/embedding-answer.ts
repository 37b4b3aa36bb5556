import type { EmbeddedInputs } from "../../canonical/embedding-codec.ts";
import type { FromProvider } from "../../canonical/provider-fault.ts";
import { noUsage, type Usage } from "../../canonical/usage.ts";
import { isObject, type JsonObject } from "../../field-rules.ts";
import { sparseJson, type SparseJson } from "../../framing/number-lists.ts";
import { ok } from "../../result.ts";
import { findError, readErrorObject, silentFault } from "../provider-fault.ts";
import { malformedAnswer } from "../retryable.data.ts";
import { readUsage } from "../usage.ts";

const malformed: FromProvider<never> = { ok: false, fault: silentFault(malformedAnswer) };

interface ReadAnswer {
  readonly body: JsonObject;
  /** JSON of each vector, in the order of the inputs. */
  readonly vectors: readonly string[];
}

/** A 200 that is empty, an error, or has another number of vectors than were asked for is none. */
function readAnswer(bytes: Buffer, count: number): FromProvider<ReadAnswer> {
  const sparse = sparseJson(bytes);
  const body = sparse?.json ?? null;
  const error = findError(body);
  if (error !== null) return { ok: false, fault: readErrorObject(error) };
  if (sparse === null || !isObject(body) || !Array.isArray(body["data"])) return malformed;
  const vectors = body["data"].map((item: unknown) => vectorOf(item, sparse));
  const isWhole = vectors.length === count && vectors.every((each) => each !== null);
  return isWhole ? ok({ body, vectors }) : malformed;
}

function vectorOf(item: unknown, sparse: SparseJson): string | null {
  const vector = isObject(item) ? item["embedding"] : null;
  if (typeof vector === "string") return vector === "" ? null : JSON.stringify(vector);
  return sparse.textOf(vector);
}

/** What the gateway must know of an answer that it passes on; its vectors are left alone. */
export function observeEmbeddings(
  bytes: Buffer,
  count: number,
): FromProvider<Pick<EmbeddedInputs, "model" | "usage">> {
  const answer = readAnswer(bytes, count);
  return answer.ok ? ok(factsOf(answer.value.body)) : answer;
}

/** The vectors as the provider wrote them, in the order of the inputs. */
export function decodeEmbeddings(bytes: Buffer, count: number): FromProvider<EmbeddedInputs> {
  const answer = readAnswer(bytes, count);
  if (!answer.ok) return answer;
  const vectors = inOrder(answer.value);
  return vectors === null ? malformed : ok({ vectors, ...factsOf(answer.value.body) });
}

/** Null where an index stands twice, or is none. */
function inOrder({ body, vectors: said }: ReadAnswer): string[] | null {
  // readAnswer has found the vectors in it, one in each item.
  const items = body["data"] as readonly JsonObject[];
  const vectors: (string | undefined)[] = Array.from({ length: said.length });
  for (const [place, { index = place }] of items.entries()) {
    if (typeof index !== "number" || !(index in vectors)) return null;
    if (vectors[index] !== undefined) return null;
    vectors[index] = said[place];
  }
  const found = vectors.filter((vector) => vector !== undefined);
  return found.length === said.length ? found : null;
}

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
