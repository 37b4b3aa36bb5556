import { entryKindOf } from "@sekisho/wire/canonical/entry-kind-of.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { AnswerLog } from "../answer-log.ts";

/** What becomes of the events of a segment. */
export interface SegmentReader {
  /** What of an event is to be delivered, in order. */
  take(event: CanonicalEvent): readonly CanonicalEvent[];
  /** Does the segment contradict what was delivered before it? */
  isMisfit(): boolean;
  /** It does: called once, and nothing more of it is taken. */
  misfits(): void;
}

/** Stands before the log of a call whose answer may be continued: what passes is understood. */
export class SegmentLog implements AnswerLog {
  readonly #reader: SegmentReader;
  readonly #log: AnswerLog;
  #isClosed = false;
  /** It is told once, at the end: another segment may follow. */
  #usage: CanonicalEvent | null = null;

  constructor(reader: SegmentReader, log: AnswerLog) {
    this.#reader = reader;
    this.#log = log;
  }

  appendBytes(): boolean {
    throw new Error("Cannot pass bytes of an answer that may be continued");
  }

  appendEvent(event: CanonicalEvent): boolean {
    if (this.#isClosed) return false;
    if (event.type === "usage") {
      this.#usage = event;
      return true;
    }
    const taken = this.#reader.take(event);
    if (this.#reader.isMisfit()) {
      this.#isClosed = true;
      this.#reader.misfits();
      return false;
    }
    for (const each of taken) {
      const usage = each.type === "finish" ? this.#usage : null;
      if (usage !== null) this.#append(this.#reader.take(usage));
      this.#append([each]);
    }
    return true;
  }

  publish(): void {
    this.#log.publish();
  }

  producedBy(producer: Parameters<AnswerLog["producedBy"]>[0]): void {
    this.#log.producedBy(producer);
  }

  #append(events: readonly CanonicalEvent[]): void {
    for (const event of events) this.#log.appendEvent(event, entryKindOf(event));
  }
}
