import { Buffer } from "node:buffer";
import { EntryReader, type EntryLog } from "@sekisho/lib/event-log/entry-reader.ts";
import type { LogListener } from "@sekisho/lib/event-log/event-log.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { PumpCursor, PumpLog } from "./pump.ts";

/** A recorded log in its reader's words as they are, where events carry no place of theirs. */
export class EntryWords implements PumpLog {
  readonly #log: EntryLog<CanonicalEvent>;
  readonly #lost: () => void;

  /** `lost`: the log has lost what comes next. */
  constructor(log: EntryLog<CanonicalEvent>, lost: () => void) {
    this.#log = log;
    this.#lost = lost;
  }

  get ended(): boolean {
    return this.#log.ended;
  }

  open(listener: LogListener): PumpCursor {
    return new EntryCursor(new EntryReader(this.#log, listener, 0), this.#lost);
  }
}

class EntryCursor implements PumpCursor {
  readonly #reader: EntryReader<CanonicalEvent>;
  readonly #lost: () => void;

  constructor(reader: EntryReader<CanonicalEvent>, lost: () => void) {
    this.#reader = reader;
    this.#lost = lost;
  }

  get atEnd(): boolean {
    return this.#reader.atEnd;
  }

  peek(): number | undefined {
    const kind = this.#reader.peek()?.kind;
    if (this.#reader.isLost) this.#lost();
    return kind;
  }

  skip(): void {
    this.#reader.take();
  }

  takeBytes(): Buffer | undefined {
    const payload = this.#reader.peek()?.payload;
    if (!Buffer.isBuffer(payload)) return undefined;
    this.#reader.take();
    return payload;
  }

  takeEvent(): CanonicalEvent | undefined {
    const payload = this.#reader.peek()?.payload;
    if (payload === undefined || Buffer.isBuffer(payload)) return undefined;
    this.#reader.take();
    return payload;
  }

  close(): void {
    this.#reader.close();
  }
}
