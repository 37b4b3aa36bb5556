import { Failure } from "@sekisho/lib/failure/failure.ts";
import { egressRefusal, type EgressRefusal, type Fetched } from "@sekisho/lib/http/egress.ts";
import type { MediaKind } from "@sekisho/wire/canonical/carriage.data.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { FetchedMedia } from "../fetched-media.ts";
import type { AttachmentLimits, AttachmentPorts } from "./attachment-limits.ts";
import { mediaTypeOf, wantedTypes } from "./media-type.ts";
import type { UrlUse } from "./url-uses.ts";

/** One URL, and every place of the request that names it. */
interface Wanted {
  readonly url: string;
  readonly places: readonly { readonly use: UrlUse; readonly position: number }[];
}

/** Whose request it is, and when it is over. */
interface FetchFor {
  readonly tenant: string;
  readonly signal: AbortSignal;
}

/** What one request has fetched for it, and how much of the memory that takes. */
export class AttachmentBatch {
  /** By kind and URL. */
  readonly sources = new Map<string, FetchedMedia>();
  readonly #ports: AttachmentPorts;
  readonly #limits: AttachmentLimits;
  readonly #count: number;
  readonly #queue: Wanted[];
  #totalBytes = 0;
  #heldBytes = 0;
  #isReleased = false;

  constructor(ports: AttachmentPorts, limits: AttachmentLimits, uses: readonly UrlUse[]) {
    this.#ports = ports;
    this.#limits = limits;
    this.#count = uses.length;
    const places = uses.map((use, index) => ({ use, position: index + 1 }));
    const byUrl = Map.groupBy(places, ({ use }) => use.url);
    this.#queue = [...byUrl].map(([url, places]) => ({ url, places }));
  }

  /** Until all of it is there, or one of it has failed. */
  async run({ tenant, signal }: FetchFor): Promise<void> {
    const giveUp = new AbortController();
    const either = AbortSignal.any([signal, giveUp.signal]);
    const width = Math.min(this.#limits.maxAtOnce, this.#queue.length);
    const lines = Array.from({ length: width }, () => this.#work({ tenant, signal: either }));
    try {
      await Promise.all(lines);
    } catch (failure) {
      giveUp.abort(failure);
      await Promise.allSettled(lines);
      this.release();
      throw signal.aborted ? signal.reason : failure;
    }
  }

  /** Gives the memory back; once. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#ports.memory.take(-this.#heldBytes);
  }

  async #work(on: FetchFor): Promise<void> {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      await this.#fetch(next, on);
    }
  }

  async #fetch(wanted: Wanted, { tenant, signal }: FetchFor): Promise<void> {
    const { maxBytes } = this.#limits;
    const answer = await this.#ports.egress.fetch(wanted.url, {
      party: tenant,
      signal,
      maxBytes,
      admit: (bytes) => this.#admit(bytes, wanted),
    });
    if (!answer.ok) throw this.#failure(wanted, answer);
    for (const kind of kindsOf(wanted)) {
      this.sources.set(`${kind} ${wanted.url}`, this.#media(wanted, kind, answer));
    }
  }

  #media(wanted: Wanted, kind: MediaKind, { bytes, contentType }: Fetched): FetchedMedia {
    const mediaType = mediaTypeOf(kind, bytes, contentType);
    if (mediaType === null) {
      const fault = `what was there is not ${wantedTypes[kind]}`;
      throw this.#failure(wanted, egressRefusal("bad_answer", fault), kind);
    }
    const data = bytes.toString("base64");
    return { kind, source: { kind: "base64", mediaType, data }, bytes: bytes.length };
  }

  #admit(bytes: number, wanted: Wanted): EgressRefusal | null {
    const { maxTotalBytes } = this.#limits;
    this.#totalBytes += bytes * wanted.places.length;
    if (this.#totalBytes > maxTotalBytes) {
      const fault = `with it all attachments are larger than ${maxTotalBytes} bytes together`;
      return egressRefusal("too_large", `${fault}, which is the limit`);
    }
    const { memory } = this.#ports;
    const heldBytes = heldBytesOf(bytes, wanted);
    if (!memory.take(heldBytes)) {
      const used = `${memory.usedBytes} bytes of attachments are held`;
      return egressRefusal("overloaded", `${used}, limit ${memory.limitBytes}`);
    }
    this.#heldBytes += heldBytes;
    return null;
  }

  #failure({ places }: Wanted, { code, fault }: EgressRefusal, kind?: MediaKind): Failure<Code> {
    const first = places.find(({ use }) => kind === undefined || use.kind === kind) ?? places[0];
    const field = first?.use.field ?? "messages";
    const which = `attachment ${first?.position} of ${this.#count}, the ${first?.use.kind}`;
    const message = `Cannot fetch ${which} by URL in "${field}": ${fault}`;
    if (code === "overloaded") return new Failure<Code>("overloaded", message, { param: field });
    const mayPass = code === "timeout" || code === "unreachable";
    return new Failure<Code>("attachment_failed", message, {
      param: field,
      ...(mayPass ? { retryable: true } : {}),
    });
  }
}

const kindsOf = ({ places }: Wanted): ReadonlySet<MediaKind> =>
  new Set(places.map(({ use }) => use.kind));

/**
 * What fetched bytes come to while the call is under way: a source in base64 for each kind, and
 * each place in the body that is written of them.
 */
const heldBytesOf = (bytes: number, wanted: Wanted): number =>
  4 * Math.ceil(bytes / 3) * (kindsOf(wanted).size + wanted.places.length);
