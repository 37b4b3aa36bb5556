import type { Arrival } from "@sekisho/gateway/arrival.ts";
import type { Embeddings } from "@sekisho/gateway/embedding/embeddings.ts";
import type { EmbeddingHead } from "@sekisho/gateway/request.ts";
import { completionHeaders, passedHeaders } from "../answers/answer-headers.ts";
import type { DocumentOutcome } from "./document-exchange.ts";
import type { EmbeddingSurface } from "../answers/model-surface.ts";

export interface EmbeddingPorts {
  readonly embeddings: Pick<Embeddings, "embed">;
}

/** Vectors, as a document. */
export async function embeddedAnswer(
  { embeddings }: EmbeddingPorts,
  { completionHeaders: own }: Pick<EmbeddingSurface, "completionHeaders">,
  arrival: Arrival<EmbeddingHead>,
): Promise<DocumentOutcome> {
  const outcome = await embeddings.embed(arrival);
  if (outcome.kind === "failed") return outcome;
  const { body, release } = outcome;
  const headers = [...completionHeaders(outcome), ...passedHeaders(own?.(outcome) ?? [])];
  return { kind: "answered", body, headers, release };
}
