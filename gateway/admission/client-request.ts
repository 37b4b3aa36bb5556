import type { CanonicalRequest } from "@sekisho/wire/canonical/request.ts";
import type { Parsed } from "@sekisho/wire/result.ts";
import { headerFeaturesOf } from "./header-features.ts";
import type { ClientRequest, SurfaceRequest } from "../request.ts";
import { inputTokensBound } from "../usage/upper-bound.ts";

/** A conversation that the client has only named is in the prompt, and has its price (MON-4). */
export const promptBytes = (said: SurfaceRequest, body: Buffer): number =>
  said.surface === "openai.responses" ? said.read.bodyBytes : body.length;

/** A request as the stages behind admission see it. */
export function clientRequest(said: SurfaceRequest, body: Buffer): ClientRequest {
  const { read } = said;
  let canonical: Parsed<CanonicalRequest> | null = null;
  return {
    ...said,
    inputTokensBound: inputTokensBound(read.facts.size, promptBytes(said, body)),
    headerFeatures: headerFeaturesOf(said),
    canonical: () => (canonical ??= read.toCanonical()),
    forget: () => {
      canonical = null;
      read.forget();
    },
  };
}
