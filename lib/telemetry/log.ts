import type { Clock } from "../time/clock.ts";
import { TimeSpeller } from "../time/rfc3339.ts";
import { LogBuffer } from "./log-buffer.ts";
import { logFields, type LogFields } from "./log-fields.ts";
import { jsonLine, textLine, type LogLevel, type LogRecord } from "./log-line.ts";
import { PlainFields } from "./plain-fields.ts";
import type { LogSink } from "./log-sink.ts";

export interface LogOptions<Extra extends string = never> {
  readonly clock: Clock;
  readonly sink: LogSink;
  readonly format: "json" | "text";
  /** Lines below this level are not written; asked at each line, since operators change it. */
  readonly level: () => LogLevel;
  /** Field names that the application adds to the allowed ones. */
  readonly extraFields?: readonly Extra[];
}

const rankOf = { debug: 0, info: 1, warn: 2, error: 3 } as const satisfies Record<LogLevel, number>;

/** For the lines of one log, one after the other. */
const lineMaker = {
  json: (names) => {
    const plainFields = new PlainFields(names);
    return (record) => jsonLine(record, plainFields);
  },
  text: () => textLine,
} as const satisfies Record<
  LogOptions["format"],
  (names: ReadonlySet<string>) => (record: LogRecord) => string
>;

/**
 * A structured log. The message is a constant of the program; facts go into fields, and only
 * fields known by name are written: the type refuses others, and so does the log at run time,
 * where a wider object may hide more. One line each, at most 8 KiB, line breaks escaped.
 */
export class Log<Extra extends string = never> {
  readonly #clock: Clock;
  readonly #times = new TimeSpeller();
  readonly #buffer: LogBuffer;
  readonly #lineOf: (record: LogRecord) => string;
  readonly #level: () => LogLevel;
  readonly #names: ReadonlySet<string>;

  constructor(options: LogOptions<Extra>) {
    this.#clock = options.clock;
    this.#level = options.level;
    this.#names = new Set([...logFields, ...(options.extraFields ?? [])]);
    this.#lineOf = lineMaker[options.format](this.#names);
    this.#buffer = new LogBuffer(options.clock, options.sink, (count) =>
      this.#line("warn", "log lines were dropped: the sink was blocked", { count }),
    );
  }

  debug(message: string, fields: LogFields<Extra> = {}): void {
    this.#log("debug", message, fields);
  }

  info(message: string, fields: LogFields<Extra> = {}): void {
    this.#log("info", message, fields);
  }

  /** As `info`, for what happens with every request: such lines wait up to 20 ms for others. */
  frequent(message: string, fields: LogFields<Extra> = {}): void {
    if (rankOf.info < rankOf[this.#level()]) return;
    this.#buffer.append(this.#line("info", message, fields), true);
  }

  warn(message: string, fields: LogFields<Extra> = {}): void {
    this.#log("warn", message, fields);
  }

  error(message: string, fields: LogFields<Extra> = {}): void {
    this.#log("error", message, fields);
  }

  /** Hands all lines to the sink now instead of at the end of the turn or later. */
  flush(): void {
    this.#buffer.flush();
  }

  #log(level: LogLevel, message: string, fields: LogFields<Extra>): void {
    if (rankOf[level] < rankOf[this.#level()]) return;
    this.#buffer.append(this.#line(level, message, fields), false);
  }

  #line(level: LogLevel, message: string, fields: LogRecord["fields"]): string {
    const time = this.#times.spell(this.#clock.wallMs());
    return this.#lineOf({ time, level, message, fields, names: this.#names });
  }
}
