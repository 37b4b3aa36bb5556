import type { Arrival } from "@sekisho/gateway/arrival.ts";
import type { CountHead } from "@sekisho/gateway/request.ts";
import type { TokenCounts } from "@sekisho/gateway/token-counts/token-counts.ts";
import { servedHeaders } from "../answers/answer-headers.ts";
import type { DocumentOutcome } from "./document-exchange.ts";
import type { CountingSurface } from "../answers/model-surface.ts";

export interface CountPorts {
  readonly tokenCounts: TokenCounts;
}

/** A count of tokens, as a document. */
export async function countedAnswer(
  { tokenCounts }: CountPorts,
  { encodeCount }: Pick<CountingSurface, "encodeCount">,
  arrival: Arrival<CountHead>,
): Promise<DocumentOutcome> {
  const count = await tokenCounts.count(arrival);
  const headers = [
    ...(count.kind === "exact" ? servedHeaders(count.served) : []),
    "x-sekisho-token-count",
    count.kind,
  ];
  return { kind: "answered", body: encodeCount(count.tokens), headers, release: null };
}
