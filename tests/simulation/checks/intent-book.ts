import type { IntentRow, Ledger, LedgerRow } from "@sekisho/gateway/ledger/ledger.ts";
import type { Reader } from "@sekisho/lib/storage/reader.ts";
import type { Durability, Write, Writer } from "@sekisho/lib/storage/writer.ts";
import { Violation } from "../base/violation.ts";

/** An intent as the world remembers it, whatever the store has kept of it. */
export interface KnownIntent {
  readonly row: IntentRow;
  /** The number of the client's request. */
  readonly n: number;
  /** *asked*: its commit was not answered; *lost*: a power cut took it. */
  state: "asked" | "durable" | "refused" | "lost";
  /** How many times a terminal was handed to the writer. */
  terminals: number;
  durableMs: number | null;
}

export interface IntentEvents {
  nowMs(): number;
  /** Its plan was made in this very instant. */
  intended(intent: KnownIntent): void;
  durable(intent: KnownIntent): void;
  refused(intent: KnownIntent): void;
  ended(intent: KnownIntent, rows: readonly LedgerRow[]): void;
}

/** Every intent that was ever written, over all processes of a world. */
export class IntentBook {
  readonly #events: IntentEvents;
  readonly #byId = new Map<string, KnownIntent>();
  readonly #byRequest = new Map<number, KnownIntent>();
  readonly #byWrite = new WeakMap<Write, KnownIntent>();

  constructor(events: IntentEvents) {
    this.#events = events;
  }

  get all(): Iterable<KnownIntent> {
    return this.#byId.values();
  }

  byId(id: string): KnownIntent | undefined {
    return this.#byId.get(id);
  }

  byRequest(n: number): KnownIntent | undefined {
    return this.#byRequest.get(n);
  }

  /** After a power cut: what is neither open nor ended any more was never durable. */
  forgetLost(reader: Reader): void {
    const kept = new Set(
      reader.all("SELECT id FROM intents UNION SELECT id FROM ledger").map((row) => row["id"]),
    );
    for (const intent of this.#byId.values()) {
      if (intent.state === "durable" && !kept.has(intent.row.id)) intent.state = "lost";
    }
  }

  /** The same ledger, with the world looking on. */
  watchLedger(ledger: Ledger): Ledger {
    return {
      intent: (row) => this.#noteIntent(row, ledger.intent(row)),
      terminal: (rows) => {
        this.#noteTerminal(rows);
        return ledger.terminal(rows);
      },
      openIntents: () => ledger.openIntents(),
    };
  }

  /** The same writer, with the world looking on. */
  watchWriter(writer: Writer): Writer {
    return {
      commit: (writes, durability) => this.#commit(writer, writes, durability),
      enqueue: (writes) => writer.enqueue(writes),
      flush: () => writer.flush(),
      close: () => writer.close(),
    };
  }

  #noteIntent(row: IntentRow, write: Write): Write {
    const n = Number(/^u(\d+)$/.exec(row.subject.user ?? "")?.[1] ?? -1);
    if (this.#byId.has(row.id)) throw new Violation("MON-10", `Two intents have the id ${row.id}`);
    if (this.#byRequest.has(n)) throw new Violation("MON-10", `Request ${n} has two intents`);
    const intent: KnownIntent = { row, n, state: "asked", terminals: 0, durableMs: null };
    this.#byId.set(row.id, intent);
    this.#byRequest.set(n, intent);
    this.#byWrite.set(write, intent);
    this.#events.intended(intent);
    return write;
  }

  #noteTerminal(rows: readonly LedgerRow[]): void {
    const response = rows.at(-1);
    const intent = this.#byId.get(response?.id ?? "");
    if (response === undefined || intent === undefined) {
      throw new Violation("MON-10", `A terminal row for an unknown call: ${response?.id}`);
    }
    // After a crash the terminal of the dead process may be written once more, as unknown.
    if (intent.terminals > 0 && response.outcome !== "unknown") {
      throw new Violation("MON-10", `Request ${intent.n} was ended twice`);
    }
    intent.terminals += 1;
    this.#events.ended(intent, rows);
  }

  #commit(writer: Writer, writes: readonly Write[], durability: Durability): Promise<void> {
    const done = writer.commit(writes, durability);
    for (const write of writes) {
      const intent = this.#byWrite.get(write);
      if (intent === undefined) continue;
      done.then(
        () => {
          intent.state = "durable";
          intent.durableMs = this.#events.nowMs();
          this.#events.durable(intent);
        },
        () => {
          intent.state = "refused";
          this.#events.refused(intent);
        },
      );
    }
    return done;
  }
}
