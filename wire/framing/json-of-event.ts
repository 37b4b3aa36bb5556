import { parseSseEvent } from "./sse-event.ts";

/** What the data of a server-sent event says, null where it is no JSON. */
export function jsonOfEvent(bytes: Buffer, start: number, end: number): unknown {
  try {
    return JSON.parse(parseSseEvent(bytes, start, end)?.data ?? "");
  } catch {
    return null;
  }
}
