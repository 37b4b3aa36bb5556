import type { Egress } from "@sekisho/lib/http/egress.ts";
import type { BodyMemory } from "@sekisho/lib/http/exchange/body-memory.ts";

export interface AttachmentLimits {
  /** In one request, each place in it that names a URL. */
  readonly maxCount: number;
  readonly maxBytes: number;
  /** Of one request, each place in it counted. */
  readonly maxTotalBytes: number;
  /** Fetched at the same time for one request. */
  readonly maxAtOnce: number;
}

export const defaultAttachmentLimits: AttachmentLimits = {
  maxCount: 20,
  maxBytes: 10 * 1_048_576,
  maxTotalBytes: 32 * 1_048_576,
  maxAtOnce: 4,
};

export interface AttachmentPorts {
  readonly egress: Egress;
  /** What all requests together may hold of what was fetched for them. */
  readonly memory: BodyMemory;
}
