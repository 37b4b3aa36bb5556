/** Every field that any log line may have, apart from those an application adds by name. */
export const logFields = [
  "requestId",
  "error",
  "code",
  "cause",
  "status",
  "method",
  "route",
  "path",
  "protocol",
  "remoteAddress",
  "url",
  "host",
  "port",
  "file",
  "version",
  "signal",
  "pid",
  "name",
  "reason",
  "state",
  "count",
  "limit",
  "bytes",
  "durationMs",
  "attempt",
] as const;

export type LogField = (typeof logFields)[number];

export type LogValue = string | number | bigint | boolean | null | undefined;

/** `error` takes whatever was thrown; undefined leaves a field out. */
export type LogFields<Extra extends string = never> = {
  readonly [Name in Exclude<LogField | Extra, "error">]?: LogValue;
} & { readonly error?: unknown };
