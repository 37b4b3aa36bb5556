import type { ChatAnswer } from "./drill-server.ts";

/** A call as the load saw it; times are those of `performance.now()`. */
export type Loaded<Answer> = Answer & { readonly sentMs: number };

/** One of the chat service. */
export type LoadedCall = Loaded<ChatAnswer>;

export interface Pace {
  readonly perSecond: number;
  /** Calls in all. */
  readonly most?: number;
}

/** A server that answers nothing must not take all memory. */
export const underWayLimit = 5_000;

/**
 * Sends calls at a fixed rate, whatever becomes of those before: a server that stalls is charged
 * for every call that it keeps waiting.
 */
export class OpenLoop<Answer extends object> {
  readonly #send: () => Promise<Answer>;
  readonly #unsent: Answer;
  readonly #intervalMs: number;
  readonly #most: number;
  readonly #calls: Loaded<Answer>[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | null = null;
  #nextMs = 0;
  #sent = 0;

  /** `unsent`: what stands for a call for which too many are under way. */
  constructor({ perSecond, most = Infinity }: Pace, send: () => Promise<Answer>, unsent: Answer) {
    this.#unsent = unsent;
    this.#intervalMs = 1_000 / perSecond;
    this.#most = most;
    this.#send = send;
  }

  /** Those that are over, in the order of their ends. */
  get calls(): readonly Loaded<Answer>[] {
    return this.#calls;
  }

  get sent(): number {
    return this.#sent;
  }

  start(): void {
    this.#nextMs = performance.now();
    this.#run();
  }

  /** Sends nothing more; resolves when every call is over. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await Promise.all(this.#underWay);
  }

  #run(): void {
    const nowMs = performance.now();
    for (; this.#nextMs <= nowMs && this.#sent < this.#most; this.#nextMs += this.#intervalMs) {
      this.#call();
    }
    if (this.#sent >= this.#most) return;
    // The next call may be due by now: a time-out of less than 0 ms is warned of.
    const waitMs = Math.max(0, this.#nextMs - performance.now());
    this.#timer = setTimeout(() => this.#run(), waitMs);
  }

  #call(): void {
    this.#sent += 1;
    const sentMs = performance.now();
    if (this.#underWay.size >= underWayLimit) {
      this.#calls.push({ ...this.#unsent, sentMs });
      return;
    }
    const call = this.#send().then((answer) => {
      this.#calls.push({ ...answer, sentMs });
      this.#underWay.delete(call);
    });
    this.#underWay.add(call);
  }
}

/** A call to the chat service that was not sent. */
export const unsentChat: ChatAnswer = {
  status: 0,
  region: null,
  attempts: 0,
  retryAfterS: null,
  detail: `Cannot send: ${underWayLimit} calls are under way`,
  tookMs: 0,
};
