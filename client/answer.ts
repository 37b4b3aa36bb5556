import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { ServerFrame } from "@sekisho/wire/stream/server-frame.ts";
import { SekishoError } from "./sekisho-error.ts";

type Frame<T extends ServerFrame["type"]> = Extract<ServerFrame, { type: T }>;

/** How an answer ended. */
export type AnswerEnd = Omit<Frame<"done">, "type" | "seq">;

/** What an answer tells: events of the model, and that all of them were taken back. */
export type AnswerEvent = CanonicalEvent | { readonly type: "reset" };

export type AnswerState = "waiting" | "running" | "done" | "failed";

/** What an answer asks of its session. */
export interface AnswerSession {
  cancel(answer: Answer): void;
}

/**
 * One answer on its way. Read it as it comes (`for await`), look at `text`, or wait for `ended`.
 * Connections may break meanwhile: each event comes once, in order.
 */
export class Answer implements AsyncIterable<AnswerEvent> {
  /** Everything that was said so far. */
  text = "";
  state: AnswerState = "waiting";
  /** `rsp_…` once the gateway has accepted the request: by it the answer can be resumed. */
  response: string | null;
  /** Rejects with SekishoError. */
  readonly ended: Promise<AnswerEnd>;
  /** @internal for the session */
  _isCancelled = false;
  readonly #settle: PromiseWithResolvers<AnswerEnd>;
  readonly #session: AnswerSession;
  readonly #listeners = new Set<() => void>();
  #events: AnswerEvent[] = [];
  #error: SekishoError | null = null;
  #epoch = 0;
  #after = -1;
  #part: number | null = null;
  #fragments = "";
  #fragmentsOf = -1;

  constructor(session: AnswerSession, response: string | null) {
    this.#session = session;
    this.response = response;
    this.#settle = Promise.withResolvers();
    this.ended = this.#settle.promise;
    // Who reads events learns of it there.
    this.ended.catch(() => {});
  }

  get error(): SekishoError | null {
    return this.#error;
  }

  get isOver(): boolean {
    return this.state === "done" || this.state === "failed";
  }

  /** Ends the answer and keeps what was said; `ended` resolves with the finish `cancelled`. */
  cancel(): void {
    if (!this.isOver) this.#session.cancel(this);
  }

  /** Tells of each change; the returned function ends it. */
  onChange(run: () => void): () => void {
    this.#listeners.add(run);
    return () => this.#listeners.delete(run);
  }

  /** The events from the first on, as they come. Throws SekishoError where the answer fails. */
  async *[Symbol.asyncIterator](): AsyncGenerator<AnswerEvent> {
    for (let n = 0; ; n += 1) {
      while (n >= this.#events.length) {
        if (this.#error !== null) throw this.#error;
        if (this.state === "done") return;
        const { promise, resolve } = Promise.withResolvers<void>();
        const stop = this.onChange(resolve);
        await promise;
        stop();
      }
      const event = this.#events[n];
      if (event !== undefined) yield event;
    }
  }

  /** @internal for the session: what to ask for on a new connection. */
  _resume(): object {
    const { response } = this;
    const part = this.#part === null ? {} : { part: this.#part };
    return { type: "resume", response, after: this.#after, ...part, epoch: this.#epoch };
  }

  /** @internal for the session */
  _take(frame: ServerFrame): void {
    if (this.isOver) return;
    switch (frame.type) {
      case "accepted":
        this.response = frame.response;
        if (this.state === "waiting") this.state = "running";
        break;
      case "reset":
        this.#reset(frame.epoch);
        break;
      case "event":
        if (this.#isNew(frame)) this.#add(frame.event);
        break;
      case "fragment":
        if (this.#isNew(frame)) this.#gather(frame);
        break;
      case "done": {
        const { type: _, seq: __, ...end } = frame;
        this.state = "done";
        this.#settle.resolve(end);
        break;
      }
      case "error":
        return this._fail(new SekishoError(frame.code, frame.message, frame));
      case "auth_expiring":
      case "authenticated":
      case "ping":
        return;
    }
    this.#tell();
  }

  /** @internal for the session */
  _fail(error: SekishoError): void {
    if (this.isOver) return;
    this.#error = error;
    this.state = "failed";
    this.#settle.reject(error);
    this.#tell();
  }

  /** What was there before a connection broke may come once more: it is dropped. */
  #isNew({ seq, part }: Frame<"event"> | Frame<"fragment">): boolean {
    const hadParts = this.#part ?? Infinity;
    if (seq < this.#after || (seq === this.#after && (part ?? Infinity) <= hadParts)) return false;
    this.#after = seq;
    this.#part = part ?? null;
    return true;
  }

  #gather({ seq, part, data }: Frame<"fragment">): void {
    if (this.#fragmentsOf !== seq) this.#fragments = "";
    this.#fragmentsOf = seq;
    this.#fragments += data;
    if (part !== undefined) return;
    // The gateway has cut the JSON of one event.
    this.#add(JSON.parse(this.#fragments) as CanonicalEvent);
    this.#fragments = "";
  }

  #add(event: CanonicalEvent): void {
    if (event.type === "text") this.text += event.text;
    this.#events.push(event);
  }

  #reset(epoch: number): void {
    this.#epoch = epoch;
    this.#after = -1;
    this.#part = null;
    this.#fragments = "";
    this.text = "";
    this.#events.push({ type: "reset" });
  }

  #tell(): void {
    for (const run of this.#listeners) run();
  }
}
