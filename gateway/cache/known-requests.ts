import { Buffer } from "node:buffer";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { CachePolicy } from "../cache-policy.ts";
import type { ModelEntry, SamplingDefaults } from "../model-entry.ts";
import type { AnyHead, SurfaceRequest } from "../request.ts";
import { saidOutside } from "../said-outside.ts";
import type { Target } from "../target.ts";

/** A body as it has come. */
export interface AskedBody<Head extends AnyHead = AnyHead> {
  readonly tenant: string;
  readonly said: Head;
  readonly body: Buffer;
  /** Who reads it, where it must be read: two of them make two things of the same bytes. */
  readonly read: (said: Head, body: Buffer) => SurfaceRequest;
}

/** By what key its answer is kept, and what that was made of beside the request. */
export interface KnownKey {
  readonly entry: ModelEntry;
  readonly policy: CachePolicy;
  readonly target: Target;
  readonly defaults: SamplingDefaults;
  readonly key: string;
  /** As `formOf`. */
  readonly form: string;
}

/** What was found out of a body that was answered without a model before. */
export interface KnownRequest {
  readonly request: SurfaceRequest;
  /** As `fingerprintOf`; null until somebody asks. */
  fingerprint: string | null;
  /** By whose answers they stand for; a few of them. */
  readonly keys: Map<string, KnownKey>;
}

/** Of the tenant that asked; one for its bytes. */
interface Remembered {
  readonly outside: string;
  readonly read: unknown;
  readonly known: KnownRequest;
  readonly bytes: number;
}

export interface KnownLimits {
  /** Longer bodies are read again: a megabyte of memory is for many short ones. */
  readonly longestBytes: number;
  /** Of all of them, about. */
  readonly bytes: number;
  /** What nobody has asked again for so long is forgotten, at most twice as late. */
  readonly idleMs: number;
}

export const defaultKnownLimits: KnownLimits = {
  longestBytes: 8_192,
  bytes: 8 * 1_048_576,
  idleMs: 60_000,
};

/** About what a request takes beside what was made of its bytes. */
const overheadBytes = 4_096;

/** The bytes are held twice. */
const heldTimes = 2;
/** And what they say, by readers that do not forget it. */
const readTimes = 6;
const unforgetting: ReadonlySet<AnyHead["surface"]> = new Set<AnyHead["surface"]>([
  "openai.completions",
  "bedrock.invoke",
]);

/** Where the bytes, and what is said outside of them, are all that a request is read from. */
const readOfBytes: ReadonlySet<AnyHead["surface"]> = new Set<AnyHead["surface"]>([
  "openai.chat",
  "openai.completions",
  "anthropic.messages",
  "bedrock.converse",
  "bedrock.invoke",
  "gemini.generateContent",
]);

/** What was asked, or asked again, in one stretch of time: the tenants' bodies apart. */
class Generation {
  /** A body of another length is none of these: most are not looked for any further. */
  readonly lengths = new Set<number>();
  readonly #tenants = new Map<string, Map<string, Remembered>>();
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  of(tenant: string, text: string): Remembered | undefined {
    return this.#tenants.get(tenant)?.get(text);
  }

  /** In the place of what else was made of these bytes. */
  hold(tenant: string, text: string, remembered: Remembered): void {
    const own = this.#tenants.get(tenant) ?? new Map<string, Remembered>();
    this.#tenants.set(tenant, own);
    this.#bytes += remembered.bytes - (own.get(text)?.bytes ?? 0);
    own.set(text, remembered);
    this.lengths.add(text.length);
  }
}

/**
 * Requests that were answered without a model, by their very bytes: who asks once more asks in the
 * same ones, and to read 1 KB and what a key is made of takes 7 us, to find it here 0.3. Each
 * tenant has its own, so that nobody is quicker for what another one has asked. What is held was
 * asked again in this generation or the one before.
 */
export class KnownRequests {
  readonly #clock: Clock;
  readonly #limits: KnownLimits;
  #latest = new Generation();
  #former = new Generation();
  #isTended = false;
  #clearedMs = -Infinity;

  constructor(clock: Clock, limits: KnownLimits = defaultKnownLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** About what they take in memory. */
  get bytes(): number {
    return this.#latest.bytes + this.#former.bytes;
  }

  find<Head extends AnyHead>(asked: AskedBody<Head>): KnownRequest | null {
    const { tenant, body } = asked;
    const { length } = body;
    if (!this.#latest.lengths.has(length) && !this.#former.lengths.has(length)) return null;
    const text = body.toString("latin1");
    const found = this.#latest.of(tenant, text);
    if (found !== undefined) return isOf(found, asked) ? found.known : null;
    const older = this.#former.of(tenant, text);
    if (older === undefined || !isOf(older, asked)) return null;
    this.#hold(tenant, text, older);
    return older.known;
  }

  /**
   * Reads the body once more, in memory of its own. Longer ones are left alone, and those that have
   * arrived before something was to be forgotten: they may be that. `arrivedMs` is monotonic.
   */
  keep<Head extends AnyHead>(asked: AskedBody<Head>, arrivedMs: number): void {
    const { tenant, said, body, read } = asked;
    if (body.length > this.#limits.longestBytes || !readOfBytes.has(said.surface)) return;
    if (arrivedMs < this.#clearedMs) return;
    // Many at once were all unknown when they came.
    if (this.find(asked) !== null) return;
    const request = read(said, ownBytes(body));
    request.read.forget();
    const known: KnownRequest = { request, fingerprint: null, keys: new Map() };
    const outside = outsideOf(said);
    const times = unforgetting.has(said.surface) ? readTimes : heldTimes;
    const bytes = times * body.length + outside.length + overheadBytes;
    this.#hold(tenant, body.toString("latin1"), { outside, read, known, bytes });
    this.#tend();
  }

  /** Of what somebody wants to be forgotten nothing stays. */
  clear(): void {
    this.#clearedMs = this.#clock.monotonicMs();
    this.#turn();
    this.#turn();
  }

  #hold(tenant: string, text: string, remembered: Remembered): void {
    if (this.#latest.bytes + remembered.bytes > this.#limits.bytes / 2) this.#turn();
    this.#latest.hold(tenant, text, remembered);
  }

  #turn(): void {
    this.#former = this.#latest;
    this.#latest = new Generation();
  }

  #tend(): void {
    if (this.#isTended) return;
    this.#isTended = true;
    this.#clock.after(this.#limits.idleMs, () => {
      this.#isTended = false;
      this.#turn();
      if (this.bytes > 0) this.#tend();
    });
  }
}

/** A slice of Node's pool keeps all 64 KiB of it from being freed. */
function ownBytes(body: Buffer): Buffer {
  const own = Buffer.allocUnsafeSlow(body.length);
  body.copy(own);
  return own;
}

const isOf = (
  { outside, read }: Remembered,
  asked: Pick<AskedBody, "said"> & { readonly read: unknown },
): boolean => read === asked.read && outside === outsideOf(asked.said);

/** Most say nothing there. */
const outsideOf = (said: AnyHead): string =>
  said.surface === "openai.chat" ? said.surface : JSON.stringify(saidOutside(said));
