import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { MediaKind } from "@sekisho/wire/canonical/carriage.data.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { CanonicalRequest } from "@sekisho/wire/canonical/request.ts";
import type { FetchedMedia } from "../fetched-media.ts";
import { AttachmentBatch } from "./attachment-batch.ts";
import {
  defaultAttachmentLimits,
  type AttachmentLimits,
  type AttachmentPorts,
} from "./attachment-limits.ts";
import { urlUses, withoutUrls } from "./url-uses.ts";

export interface AttachmentAsk {
  /** Whose request it is: all of its requests share what one party may fetch at once. */
  readonly tenant: string;
  /** What is to be bytes; the rest stays as it is. */
  readonly kinds: ReadonlySet<MediaKind>;
  /** Aborted with the Failure that the call is to end with. */
  readonly signal: AbortSignal;
}

/** A request with bytes in place of URLs. They count as held until it is disposed of. */
export interface Attached extends Disposable {
  readonly request: CanonicalRequest;
  /** By place: what was given by URL there. */
  readonly fetched: readonly FetchedMedia[];
}

/** Images and documents that clients give by URL, for targets that take bytes alone (WIR-13). */
export class Attachments {
  readonly #ports: AttachmentPorts;
  readonly #limits: AttachmentLimits;

  constructor(ports: AttachmentPorts, limits: AttachmentLimits = defaultAttachmentLimits) {
    this.#ports = ports;
    this.#limits = limits;
  }

  /**
   * Fetches each URL once. Throws Failure `attachment_failed` with the field at fault, `overloaded`
   * when there is no room, or the signal's reason; nothing is held then.
   */
  async resolve(request: CanonicalRequest, ask: AttachmentAsk): Promise<Attached> {
    const uses = urlUses(request, ask.kinds);
    const { maxCount } = this.#limits;
    if (uses.length > maxCount) {
      throw new Failure<Code>(
        "attachment_failed",
        `Cannot fetch the attachments: ${uses.length} are given by URL, limit ${maxCount}`,
        { param: uses[maxCount]?.field ?? "messages", facts: { limit: maxCount } },
      );
    }
    const batch = new AttachmentBatch(this.#ports, this.#limits, uses);
    await batch.run(ask);
    const sources = batch.sources;
    return {
      request: withoutUrls(request, (kind, url) => sources.get(`${kind} ${url}`)?.source ?? null),
      fetched: uses.flatMap(({ kind, url }) => sources.get(`${kind} ${url}`) ?? []),
      [Symbol.dispose]: () => batch.release(),
    };
  }
}
