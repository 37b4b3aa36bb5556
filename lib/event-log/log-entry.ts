/** One entry of a log, apart from the log: bytes as they came from the wire, or an event. */
export interface LogEntry<Event> {
  readonly seq: number;
  readonly kind: number;
  readonly payload: Buffer | Event;
}

/** What an event weighs beside its text where memory is bounded. */
const eventBytes = 128;

/** A rough size in memory. Events are flat: their texts are what can be long. */
export function eventWeight(event: unknown): number {
  let bytes = eventBytes;
  if (typeof event === "string") return bytes + event.length;
  if (typeof event !== "object" || event === null) return bytes;
  // In the midst of a stream: a list of the values would cost more than the look at them.
  for (const name in event) {
    // As `in` has named it.
    const value = (event as Readonly<Record<string, unknown>>)[name];
    if (typeof value === "string") bytes += value.length;
  }
  return bytes;
}

/** The same for whatever an entry is. */
export const entryBytes = ({ payload }: Pick<LogEntry<unknown>, "payload">): number =>
  Buffer.isBuffer(payload) ? payload.length : eventWeight(payload);
