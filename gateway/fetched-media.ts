import type { MediaKind } from "@sekisho/wire/canonical/carriage.data.ts";
import type { MediaSource } from "@sekisho/wire/canonical/request.ts";

/** What a client gave by URL, once it is there. */
export interface FetchedMedia {
  readonly kind: MediaKind;
  readonly source: Extract<MediaSource, { kind: "base64" }>;
  /** Before base64. */
  readonly bytes: number;
}
