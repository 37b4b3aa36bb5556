import type { Random } from "@sekisho/lib/random/random.ts";
import { backoffMs } from "@sekisho/lib/resilience/backoff.ts";
import type { SigningCredential } from "@sekisho/lib/signature/sigv4-sign.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";
import type { AwsCredentialSource } from "./bedrock-provider.ts";

/** A pair that was configured. */
export class FixedAwsCredentials implements AwsCredentialSource {
  readonly #credential: SigningCredential;

  constructor(credential: SigningCredential) {
    this.#credential = credential;
  }

  current(): SigningCredential {
    return this.#credential;
  }
}

export interface LoadedAwsCredential {
  readonly credential: SigningCredential;
  /** Epoch milliseconds; null for one that does not expire. */
  readonly expiresAtMs: number | null;
}

export interface AwsCredentialPorts {
  readonly clock: Clock;
  readonly random: Random;
  /** Asks whoever lends credentials; one at a time. */
  readonly load: () => Promise<LoadedAwsCredential>;
  /** Told of each load that failed. The error is whatever `load` threw: it may quote a secret. */
  readonly onFailure: (error: unknown) => void;
}

/** How long `start` waits. */
const startLimitMs = 5_000;
/** A load that takes longer has failed; its answer is not used. */
const loadLimitMs = 30_000;
/** A credential is replaced this long before it expires … */
const aheadMs = 5 * 60_000;
/** … or when this share of its life is over, whichever is later. */
const lifeShare = 0.8;
/** Who lends the same credential until it expires is not asked more often. */
const leastPauseMs = 1_000;
/** The pauses between loads that fail. */
const retries = { baseMs: 1_000, maxMs: 60_000 };

interface Held {
  readonly credential: SigningCredential;
  /** Wall time, as the lender counts it; Infinity for never. */
  readonly expiresAtMs: number;
  readonly refreshAtMs: number;
}

/**
 * One thing at a time:
 *
 *     resting ─ start, refresh ─▶ loading ─ loaded ─▶ waiting ─ time is up ─▶ loading
 *                                    └─── failed ──▶ retrying ─ pause is over ─▶ loading
 *     any ─ close ─▶ closed
 */
type Stage =
  | { readonly kind: "resting" | "closed" }
  | {
      readonly kind: "loading";
      readonly timer: Timer;
      readonly over: Promise<void>;
      abandon(): void;
    }
  | { readonly kind: "waiting" | "retrying"; readonly timer: Timer };

/** Credentials that are lent for a while, replaced before they expire. */
export class RefreshedAwsCredentials implements AwsCredentialSource, Disposable {
  readonly #ports: AwsCredentialPorts;
  #held: Held | null = null;
  #stage: Stage = { kind: "resting" };
  #failures = 0;

  constructor(ports: AwsCredentialPorts) {
    this.#ports = ports;
  }

  current(): SigningCredential | null {
    if (this.#held === null) return null;
    const { credential, expiresAtMs, refreshAtMs } = this.#held;
    const nowMs = this.#ports.clock.wallMs();
    // A timer sleeps while the machine does; the wall clock tells that it is late.
    if (nowMs >= refreshAtMs && this.#stage.kind === "waiting") void this.refresh();
    return nowMs < expiresAtMs ? credential : null;
  }

  /** Resolves when the first load is over, well or not, and after 5 s all the same. */
  async start(): Promise<void> {
    const patience = Promise.withResolvers<void>();
    const timer = this.#ports.clock.after(startLimitMs, patience.resolve);
    await Promise.race([this.refresh(), patience.promise]);
    timer.cancel();
  }

  /** Loads now, unless a load is under way; what is held stays until its answer is there. */
  refresh(): Promise<void> {
    const stage = this.#stage;
    if (stage.kind === "loading") return stage.over;
    if (stage.kind === "closed") return Promise.resolve();
    if ("timer" in stage) stage.timer.cancel();
    const end = Promise.withResolvers<never>();
    const late = `Cannot load AWS credentials: no answer within ${loadLimitMs} ms`;
    const timer = this.#ports.clock.after(loadLimitMs, () => end.reject(new Error(late)));
    const over = this.#load(end.promise).finally(() => timer.cancel());
    const abandon = (): void => end.reject(new Error("Cannot load AWS credentials: closed"));
    this.#stage = { kind: "loading", over, timer, abandon };
    return over;
  }

  /** Loads no more. What is held serves the calls under way until it expires. */
  close(): void {
    const stage = this.#stage;
    this.#stage = { kind: "closed" };
    if ("timer" in stage) stage.timer.cancel();
    if (stage.kind === "loading") stage.abandon();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Never rejects. `end` does when nobody waits for the answer any more. */
  async #load(end: Promise<never>): Promise<void> {
    const { clock, random, load, onFailure } = this.#ports;
    try {
      const loaded = await Promise.race([Promise.try(load), end]);
      const held = holding(loaded, clock.wallMs());
      if (this.#isClosed) return;
      this.#held = held;
      this.#failures = 0;
      this.#next("waiting", held.refreshAtMs - clock.wallMs());
    } catch (error) {
      if (this.#isClosed) return;
      this.#next("retrying", backoffMs(this.#failures, random, retries));
      this.#failures += 1;
      onFailure(error);
    }
  }

  get #isClosed(): boolean {
    return this.#stage.kind === "closed";
  }

  #next(kind: "waiting" | "retrying", pauseMs: number): void {
    if (pauseMs === Infinity) this.#stage = { kind: "resting" };
    else {
      const run = () => {
        void this.refresh();
      };
      this.#stage = { kind, timer: this.#ports.clock.after(pauseMs, run) };
    }
  }
}

/** Throws for a credential that has expired already. */
function holding({ credential, expiresAtMs }: LoadedAwsCredential, nowMs: number): Held {
  const leftMs = expiresAtMs === null ? Infinity : expiresAtMs - nowMs;
  // Also false for the NaN of a date that is none.
  if (!(leftMs > 0)) {
    const left = `${leftMs} ms left, more than 0 needed`;
    throw new Error(`Cannot use loaded AWS credentials: ${left}`);
  }
  const pauseMs = Math.max(leftMs - aheadMs, leftMs * lifeShare, leastPauseMs);
  return { credential, expiresAtMs: nowMs + leftMs, refreshAtMs: nowMs + pauseMs };
}
