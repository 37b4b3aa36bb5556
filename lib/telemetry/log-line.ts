import { loggedError, loggedStack, type LoggedError } from "./log-error.ts";
import type { PlainFields } from "./plain-fields.ts";
import { cut, quoted, textOf, unquoted } from "./safe-text.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface LogRecord {
  /** RFC 3339 in UTC with milliseconds. */
  readonly time: string;
  readonly level: LogLevel;
  readonly message: string;
  /** In the order in which they are to stand. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The fields that may be written. */
  readonly names: ReadonlySet<string>;
}

/** Bytes of a line with its line feed. Fields that do not fit are left out; the line says so. */
export const maxLineBytes = 8_192;

/** Characters. Each may become six bytes, so the message alone always fits. */
const maxMessageLength = 1_024;
const maxValueLength = 4_096;

/** Below it a part counts as if every character took three bytes: no line is made of many. */
const shortLength = 40;

/** Text that can only become longer by parts that fit, room for the closing one included. */
class BoundedLine {
  readonly #end: string;
  readonly #endIfTruncated: string;
  #text: string;
  #bytes: number;
  #isTruncated = false;

  constructor(start: string, end: string, endIfTruncated: string) {
    this.#text = start;
    this.#bytes = Buffer.byteLength(start) + endIfTruncated.length;
    this.#end = end;
    this.#endIfTruncated = endIfTruncated;
  }

  add(part: string): void {
    const bytes = part.length < shortLength ? 3 * part.length : Buffer.byteLength(part);
    if (this.#bytes + bytes > maxLineBytes) {
      this.#isTruncated = true;
      return;
    }
    this.#text += part;
    this.#bytes += bytes;
  }

  finish(): string {
    return this.#text + (this.#isTruncated ? this.#endIfTruncated : this.#end);
  }
}

const allowed = ({ fields, names }: LogRecord): [name: string, value: unknown][] =>
  Object.entries(fields).filter(([name, value]) => value !== undefined && names.has(name));

const jsonValue = (value: unknown): string => {
  if (typeof value === "string") return quoted(cut(value, maxValueLength));
  if (value === null || typeof value === "boolean" || Number.isFinite(value)) return String(value);
  return quoted(cut(textOf(value), maxValueLength));
};

const jsonError = ({ name, message, code, cause }: LoggedError): string => {
  const codePart = code === null ? "" : `,"code":${quoted(code)}`;
  const causePart = cause === null ? "" : `,"cause":${jsonError(cause)}`;
  return `{"name":${quoted(name)},"message":${quoted(message)}${codePart}${causePart}}`;
};

/** One line of JSON for machines: time, level, message, then the fields. */
export const jsonLine = (record: LogRecord, plainFields: PlainFields): string => {
  const { time, level, message } = record;
  const text = quoted(cut(message, maxMessageLength));
  const start = `{"time":"${time}","level":"${level}","message":${text}`;
  const plain = plainFields.write(record.fields);
  // No character of `start` takes more than three bytes.
  if (plain === null || 3 * start.length + plain.length > maxLineBytes) {
    return boundedJsonLine(start, record);
  }
  return `${start}${plain}}\n`;
};

const boundedJsonLine = (start: string, record: LogRecord): string => {
  const line = new BoundedLine(start, "}\n", ',"truncated":true}\n');
  for (const [name, value] of allowed(record)) {
    if (name !== "error") {
      line.add(`,"${name}":${jsonValue(value)}`);
      continue;
    }
    line.add(`,"error":${jsonError(loggedError(value))}`);
    const stack = loggedStack(value);
    if (stack !== null) line.add(`,"stack":${quoted(stack)}`);
  }
  return line.finish();
};

/** Values that a reader cannot mistake for something else without quotes. */
const bare = /^[\w.:/@+-]+$/u;

const textValue = (value: unknown): string => {
  const text = typeof value === "string" ? cut(value, maxValueLength) : jsonValue(value);
  return typeof value !== "string" || bare.test(text) ? text : quoted(text);
};

const textError = ({ name, message, code, cause }: LoggedError): string => {
  const codePart = code === null ? "" : ` ${code}`;
  const causePart = cause === null ? "" : `, caused by ${textError(cause)}`;
  return `${name}${codePart}: ${message}${causePart}`;
};

/** Frames only, and indented: no text from outside can start a line of its own. */
const textStack = (stack: string): string =>
  stack
    .split("\n")
    .filter((frame) => frame.startsWith("    at "))
    .map((frame) => `\n${unquoted(frame)}`)
    .join("");

/** A line for people: time of day, level, message, then the fields. */
export const textLine = (record: LogRecord): string => {
  const { time, level, message } = record;
  const line = new BoundedLine(
    `${time.slice(11, 23)} ${level.toUpperCase().padEnd(5)} ` +
      unquoted(cut(message, maxMessageLength)),
    "\n",
    " …truncated\n",
  );
  for (const [name, value] of allowed(record)) {
    if (name !== "error") {
      line.add(` ${name}=${textValue(value)}`);
      continue;
    }
    line.add(` error=${quoted(textError(loggedError(value)))}`);
    line.add(textStack(loggedStack(value) ?? ""));
  }
  return line.finish();
};
