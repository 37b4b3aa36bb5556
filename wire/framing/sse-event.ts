/** One server-sent event. `event` is null when no `event:` line named it. */
export interface SseEvent {
  readonly event: string | null;
  readonly data: string;
  readonly id: string | null;
}

interface Fields {
  event: string | null;
  data: string | null;
  id: string | null;
}

/**
 * Reads one frame of an `SseScanner`; null when it has no data (comments, `retry:`). A frame ends
 * at a line end, so no code point is cut and no decoder has to remember anything (WIR-6).
 */
export function parseSseEvent(bytes: Buffer, start: number, end: number): SseEvent | null {
  const text = bytes.toString("utf8", start, end);
  const fields: Fields = { event: null, data: null, id: null };
  const hasReturn = text.includes("\r");
  let from = 0;
  while (from < text.length) {
    const lineEnd = hasReturn ? endOfLine(text, from) : endOfPlainLine(text, from);
    readLine(text.slice(from, lineEnd), fields);
    from = hasReturn && text.startsWith("\r\n", lineEnd) ? lineEnd + 2 : lineEnd + 1;
  }
  const { event, data, id } = fields;
  return data === null ? null : { event, data, id };
}

function endOfPlainLine(text: string, from: number): number {
  const found = text.indexOf("\n", from);
  return found === -1 ? text.length : found;
}

function endOfLine(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === 0x0a || unit === 0x0d) return at;
  }
  return text.length;
}

function readLine(line: string, fields: Fields): void {
  const colon = line.indexOf(":");
  if (colon === 0 || line === "") return;
  const name = colon === -1 ? line : line.slice(0, colon);
  let value = colon === -1 ? "" : line.slice(colon + 1);
  if (value.startsWith(" ")) value = value.slice(1);
  if (name === "data") fields.data = fields.data === null ? value : `${fields.data}\n${value}`;
  else if (name === "event") fields.event = value === "" ? null : value;
  else if (name === "id" && !value.includes("\0")) fields.id = value;
}

const lineEnds = /\r\n|\r|\n/g;

/** An event with one line of data. JSON has no raw line end, so it never needs more. */
export const sseJson = (json: string): string => `data: ${json}\n\n`;

/**
 * An event of any data. A line end cannot stand in a name or an id; what follows one is left out.
 */
export function encodeSseEvent({ event, data, id }: SseEvent): string {
  const named = event === null ? "" : `event: ${firstLine(event)}\n`;
  const numbered = id === null ? "" : `id: ${firstLine(id)}\n`;
  return `${named}${numbered}data: ${data.replaceAll(lineEnds, "\ndata: ")}\n\n`;
}

/** A comment that every parser skips; a heartbeat when there is nothing to say. */
export const sseComment = (text: string): string => `: ${text.replaceAll(lineEnds, "\n: ")}\n\n`;

const firstLine = (text: string): string => text.split(lineEnds, 1)[0] ?? "";
