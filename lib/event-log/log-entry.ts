/** One entry of a log, apart from the log: bytes as they came from the wire, or an event. */
export interface LogEntry<Event> {
  readonly seq: number;
  readonly kind: number;
  readonly payload: Buffer | Event;
}

/** What an event weighs beside its text where memory is bounded. */
const eventBytes = 64;

/** A rough size in memory. Events are flat: their texts are what can be long. */
export function entryBytes({ payload }: Pick<LogEntry<unknown>, "payload">): number {
  if (Buffer.isBuffer(payload)) return payload.length;
  let bytes = eventBytes;
  if (typeof payload !== "object" || payload === null) return bytes;
  for (const value of Object.values(payload)) if (typeof value === "string") bytes += value.length;
  return bytes;
}
