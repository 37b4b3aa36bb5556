import type { EventLog } from "@sekisho/lib/event-log/event-log.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { entryKind, type CanonicalEvent } from "@sekisho/wire/canonical/event.ts";

/** With these the last reader has left, though its cursor may still be open. */
const leftCauses: ReadonlySet<Code> = new Set<Code>(["client_closed", "internal", "slow_reader"]);

/**
 * Which share of an answer some reader was handed when its call ended, between 0 and 1 (STR-6). Who
 * reads then is handed the rest. All and nothing are exact; between them it is the share of
 * entries, of which most say a token or a few.
 */
export function handedShare(log: EventLog<CanonicalEvent>, cause: Code | null): number {
  // Nothing was said to anybody: what an attempt has used was for nothing.
  if (log.nextSeq === 0) return 0;
  if (log.isRead && (cause === null || !leftCauses.has(cause))) return 1;
  const { handedSeq } = log;
  if (handedSeq === 0) return 0;
  return log.endOf(entryKind.content) <= handedSeq ? 1 : handedSeq / log.nextSeq;
}
