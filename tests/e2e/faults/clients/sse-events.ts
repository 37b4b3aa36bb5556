/** One event as a client's own parser sees it. */
export interface SseEvent {
  readonly name: string | null;
  readonly data: string;
}

/**
 * Reads a stream without a line of the gateway's code. Throws when it stops within an event, which
 * a client would drop.
 */
export function sseEvents(body: Buffer): SseEvent[] {
  const text = body
    .toString("utf8")
    .replace(/^\u{feff}/u, "")
    .replaceAll(/\r\n?/g, "\n");
  const frames = text.split("\n\n");
  // Blank lines may stand anywhere; behind the last event there is at least one.
  const rest = (frames.pop() ?? "").replaceAll("\n", "");
  if (rest !== "") throw new Error(`The stream stops within an event: ${rest.slice(0, 100)}`);
  return frames.flatMap((frame) => eventOf(frame) ?? []);
}

function eventOf(frame: string): SseEvent | null {
  let name: string | null = null;
  const data: string[] = [];
  for (const line of frame.split("\n")) {
    const [field = "", value = ""] = /^([^:]*):? ?(.*)$/s.exec(line)?.slice(1) ?? [];
    if (field === "event") name = value;
    if (field === "data") data.push(value);
  }
  return data.length === 0 ? null : { name, data: data.join("\n") };
}
