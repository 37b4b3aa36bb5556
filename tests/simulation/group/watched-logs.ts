import type { AheadLogs } from "@sekisho/lib/storage/ahead/ahead-log.ts";
import type { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import type { Sometimes } from "../base/sometimes.ts";

/** The same logs, looked at when one of them is taken over. */
export const watchedLogs = (
  logs: AheadLogs,
  disk: MemoryDisk,
  sometimes: Sometimes,
): AheadLogs => ({
  goAhead: (name) => logs.goAhead(name),
  takeOver(name) {
    const { blocks = [] } = disk.ahead.get(name) ?? {};
    if (blocks.length > 0) sometimes.reached("calls in the log of a process that died");
    return logs.takeOver(name);
  },
});
