import type { OnceCall } from "@sekisho/gateway/calls/once-calls.ts";
import { notKept, wholeOf } from "@sekisho/gateway/responses/found-end.ts";
import { leftEarly } from "./call-error.ts";
import { embeddingResult } from "./embedded-vectors.ts";
import type { EmbeddingResult } from "./embedding.ts";

/**
 * Vectors that others may be given as well. Who leaves does not end their call (STR-6). Rejects
 * with Failure.
 */
export async function foundVectors(
  { call, answer, isRepeated }: OnceCall,
  signal: AbortSignal | null,
): Promise<EmbeddingResult> {
  const leave = answer.attach();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(leftEarly());
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted === true) abort();
  try {
    const { bytes, completion } = await Promise.race([wholeOf(answer, isRepeated), aborted]);
    if (bytes === null) throw notKept();
    const { costNanoUsd, ...rest } = completion;
    return embeddingResult(
      { ...rest, body: bytes, costNanoUsd: costNanoUsd ?? 0 },
      {
        requestId: `req_${call.id}`,
        firstRequestId: isRepeated ? `req_${answer.head.id}` : null,
      },
    );
  } finally {
    signal?.removeEventListener("abort", abort);
    leave();
  }
}
