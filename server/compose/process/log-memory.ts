import { totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";
import { LogMemory } from "@sekisho/lib/event-log/log-memory.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";

/** Of the memory, and of the heap, that the logs of responses may have together. */
const share = 0.25;

/** What the logs of this process may hold, one of so many (STR-8). */
export function composeLogMemory(metrics: Metrics, processes: number): LogMemory {
  // Without a limit of its container it is 0, or more than there is.
  const containerBytes = process.constrainedMemory() || Infinity;
  const ownBytes = Math.min(totalmem(), containerBytes) / processes;
  // Events are in the heap; the bytes of relayed answers are beside it, and count all the same.
  const bytes = share * Math.min(ownBytes, getHeapStatistics().heap_size_limit);
  const memory = new LogMemory(Math.floor(bytes));
  metrics.observedGauge(
    { name: "sekisho_log_memory_bytes", help: "What answers under way hold for their readers" },
    () => memory.heldBytes,
  );
  return memory;
}
