import { hexOf } from "@sekisho/lib/storage/chains/chain-hash.ts";
import { AuditLog } from "../../audit/audit-log.ts";
import { sqliteAuditStore } from "../../audit/store/sqlite.ts";
import { pauseOf } from "../process/pause.ts";
import type { ProcessPorts } from "../process/process-ports.ts";
import type { Storage } from "./storage.ts";

export type AuditSources = Pick<ProcessPorts, "clock" | "log"> & {
  readonly storage: Pick<Storage, "reader" | "writer">;
};

/**
 * The audit log in the database file. Its lines name row and hash: who keeps them elsewhere can
 * tell that the file was rewritten as a whole.
 */
export function openAudit({ clock, log, storage }: AuditSources): AuditLog {
  return new AuditLog({
    store: sqliteAuditStore(storage.reader, pauseOf(clock)),
    writer: storage.writer,
    clock,
    tell(entry, row) {
      const auditRow = row === undefined ? undefined : `${row.writer}/${row.seq}`;
      const auditHash = row === undefined ? undefined : hexOf(row.hash);
      log.info("an administrator changed something", { ...entry, auditRow, auditHash });
    },
  });
}
