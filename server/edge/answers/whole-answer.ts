import type { Cursor, EventLog } from "@sekisho/lib/event-log/event-log.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";

const deaf = { published() {} };

/** Keeps what a log says for who reads it no sooner than it has ended. */
export const holdAnswer = (log: EventLog<CanonicalEvent>): Cursor<CanonicalEvent> => log.open(deaf);

/** Reads a log that has ended as one document: the provider's own bytes, or what `encode` makes. */
export function takeWholeAnswer(
  cursor: Cursor<CanonicalEvent>,
  encode: (events: readonly CanonicalEvent[]) => string,
): Buffer | string {
  const events: CanonicalEvent[] = [];
  try {
    const bytes = cursor.takeBytes();
    if (bytes !== undefined) return bytes;
    for (let event = cursor.takeEvent(); event !== undefined; event = cursor.takeEvent()) {
      events.push(event);
    }
  } finally {
    cursor.close();
  }
  return encode(events);
}
