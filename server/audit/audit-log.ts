import type { Write, Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { AuditEntry } from "./audit-entry.ts";
import type { AuditRow, AuditStore } from "./audit-store.ts";

/** What those need who change something. */
export interface AuditTrail {
  /** The row of a change that is durable itself: both belong into one commit, at power. */
  row(entry: AuditEntry): Write;
  /** To be called when that commit is done. */
  told(entry: AuditEntry): void;
  /** Commits the row of a change that leaves nothing else behind: call it before the change. */
  record(entry: AuditEntry): Promise<void>;
}

export interface AuditLogParts {
  readonly store: AuditStore;
  readonly writer: Pick<Writer, "commit">;
  readonly clock: Clock;
  /** Writes the log line of a change whose row is durable. */
  readonly tell: (entry: AuditEntry, row: AuditRow | undefined) => void;
}

/** Of the one process that writes to a data folder. */
const writerName = "main";

/** Who changed what (SEC-11): rows that are chained, and a line of the log for each. */
export class AuditLog implements AuditTrail {
  readonly #parts: AuditLogParts;

  constructor(parts: AuditLogParts) {
    this.#parts = parts;
  }

  get store(): Pick<AuditStore, "list" | "verify"> {
    return this.#parts.store;
  }

  row(entry: AuditEntry): Write {
    const { store, clock } = this.#parts;
    return store.append({ ...entry, atMs: clock.wallMs(), writer: writerName });
  }

  told(entry: AuditEntry): void {
    this.#parts.tell(entry, this.#rowOf(entry));
  }

  async record(entry: AuditEntry): Promise<void> {
    await this.#parts.writer.commit([this.row(entry)], "power");
    this.told(entry);
  }

  /** The change is durable, whatever becomes of reading its row. */
  #rowOf({ requestId, event }: AuditEntry): AuditRow | undefined {
    try {
      return this.#parts.store.rowOf(requestId, event);
    } catch {
      return undefined;
    }
  }
}
