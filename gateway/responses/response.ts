import { defaultEventLogLimits, EventLog } from "@sekisho/lib/event-log/event-log.ts";
import type { LogRoom } from "@sekisho/lib/event-log/log-memory.ts";
import type { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { entryKind, type CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { Answer, Completion, Served } from "../answer.ts";

/** How far a response has come, as its readers see it. */
export type ResponseState =
  | { readonly kind: "pending" }
  | { readonly kind: "committed"; readonly served: Served }
  | { readonly kind: "complete"; readonly completion: Completion }
  | {
      readonly kind: "failed";
      readonly failure: Failure<Code>;
      readonly served: Served | null;
      /** Content had been written before it failed: the log ends with the error. */
      readonly afterContent: boolean;
    };

/** Told when the state changes, before the entries that belong to it are published. */
export interface ResponseWatcher {
  stateChanged(state: ResponseState): void;
}

/** One answer on its way: the log of what was said, and the state around it. */
export class Response implements Answer {
  readonly id: string;
  readonly log: EventLog<CanonicalEvent>;
  #state: ResponseState = { kind: "pending" };
  #dropped: readonly string[] = [];
  readonly #closed: () => void;
  #watchers: readonly ResponseWatcher[] = [];
  #cancel: ((cause: Code) => void) | null = null;

  /** `room`: where its log counts what it holds. */
  constructor(id: string, closed: () => void, room?: LogRoom) {
    this.id = id;
    this.log = new EventLog(defaultEventLogLimits, room);
    this.#closed = closed;
  }

  get state(): ResponseState {
    return this.#state;
  }

  /** What any of the attempts so far leaves out: of a head that does not wait for the last one. */
  get dropped(): readonly string[] {
    return this.#dropped;
  }

  get isOver(): boolean {
    return this.#state.kind === "complete" || this.#state.kind === "failed";
  }

  /** From the next change on, in the order in which they began. */
  watch(watcher: ResponseWatcher): void {
    this.#watchers = [...this.#watchers, watcher];
  }

  /** Who ends the upstream call when the response is cancelled. */
  cancelledBy(cancel: (cause: Code) => void): void {
    this.#cancel = cancel;
  }

  /** Ends the upstream call at once; does nothing to a response that is over (STR-6). */
  cancel(cause: Code): void {
    if (!this.isOver) this.#cancel?.(cause);
  }

  attempted(dropped: readonly string[]): void {
    if (dropped.length > 0) this.#dropped = [...new Set([...this.#dropped, ...dropped])];
  }

  commit(served: Served): void {
    this.#become({ kind: "committed", served });
  }

  complete(completion: Completion): void {
    this.log.end();
    this.#become({ kind: "complete", completion });
    this.log.publish();
  }

  fail(failure: Failure<Code>, served: Served | null): void {
    const afterContent = this.#state.kind === "committed";
    this.log.appendEvent(lastEventOf(failure, afterContent), entryKind.terminal);
    this.log.end();
    this.#become({ kind: "failed", failure, served, afterContent });
    this.log.publish();
  }

  #become(state: ResponseState): void {
    if (this.isOver) return;
    this.#state = state;
    if (this.isOver) this.#closed();
    for (const watcher of this.#watchers) watcher.stateChanged(state);
  }
}

/** What was said before somebody stopped it is an answer, and no failure (STR-6). */
const lastEventOf = ({ code, message, details }: Failure<Code>, after: boolean): CanonicalEvent =>
  code === "cancelled" && after
    ? { type: "finish", reason: "cancelled", stopSequence: null }
    : { type: "error", code, message, retryAfterMs: details.retryAfterMs ?? null };
