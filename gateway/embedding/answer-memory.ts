import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { BodyMemory } from "@sekisho/lib/http/exchange/body-memory.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { ReadEmbedding } from "@sekisho/wire/canonical/read-embedding.ts";
import { embeddingBytes, mostAnswerBytes } from "../embedding-bytes.ts";
import type { EmbeddingSpace } from "./spaces.ts";

export type AnswerMemory = Pick<BodyMemory, "take" | "usedBytes" | "limitBytes">;

/**
 * Holds room for the vectors of a call, before anything is sent; what it returns gives it back.
 * Throws Failure `overloaded` while others have it, `invalid_value` where it is more than any call
 * may have.
 */
export function holdAnswer(
  memory: AnswerMemory,
  request: ReadEmbedding,
  spaces: readonly EmbeddingSpace[],
): () => void {
  const bytes = answerBytes(request, spaces);
  if (bytes > mostAnswerBytes) {
    const message =
      `Cannot get ${request.inputs.length} vectors in one answer: they may have ${bytes} bytes, ` +
      `the limit is ${mostAnswerBytes}; ask for fewer inputs, or for base64`;
    throw new Failure<Code>("invalid_value", message, { param: request.inputMember });
  }
  if (!memory.take(bytes)) {
    const message =
      `Cannot take the request: answers with vectors under way hold ${memory.usedBytes} bytes, ` +
      `it needs ${bytes}, the limit is ${memory.limitBytes}`;
    throw new Failure<Code>("overloaded", message, { retryAfterMs: 1_000 });
  }
  let isHeld = true;
  return () => {
    if (isHeld) memory.take(-bytes);
    isHeld = false;
  };
}

function answerBytes(request: ReadEmbedding, spaces: readonly EmbeddingSpace[]): number {
  const asked = request.facts.embedding?.dimensions ?? null;
  const targets = spaces.flatMap(({ attempts }) => attempts.map(({ target }) => target));
  const sizes = targets.map(({ embedding }) =>
    embeddingBytes({
      count: request.inputs.length,
      dimensions: asked ?? embedding?.dimensions ?? null,
      encoding: request.encoding,
    }),
  );
  return Math.max(...sizes);
}
