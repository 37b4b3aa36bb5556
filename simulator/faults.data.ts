/** One fault: what a client meets on a stream, and on a plain answer. */
export interface FaultRow {
  readonly stream: string;
  readonly plain: string;
}

const row = (stream: string, plain: string = stream): FaultRow => ({ stream, plain });
const asError = "HTTP error with the dialect's error body";
const brokenJson = "200 with JSON that stops in the middle";
const noFault = "no fault";
const streamError = (what: string): FaultRow =>
  row(
    `error event: ${what}, after \`afterTokens\` tokens; with 0 it is the first event`,
    "HTTP error of that kind",
  );
const errorBody = "200 with the dialect's error body";

/** Every fault that a scenario or a marker may name. README.md lists this table, by a test. */
export const faults = {
  "400": row(asError),
  "401": row(asError),
  "403": row(asError),
  "404": row(`${asError}: unknown model`),
  "408": row(asError),
  "409": row(asError),
  "413": row(asError),
  "422": row(asError),
  "424": row(`${asError}: the model failed`),
  "429": row(`${asError}, with \`retryAfter\` and \`retryAfterMs\` as headers when they are set`),
  "500": row(asError),
  "502": row("HTTP error with the HTML page of a proxy"),
  "503": row(`${asError}, with the same headers as 429`),
  "504": row("HTTP error with the HTML page of a proxy"),
  "529": row(`${asError}, with the same headers as 429`),
  "context-length": row("400: the prompt is longer than the model's window"),
  "content-filter": row("400: the prompt was filtered"),
  quota: row("429 of an empty account: trying again does not help"),
  "empty-body": row("200 and no byte of a body"),
  "html-body": row("200 with an HTML page"),
  "empty-object": row("200 with `{}`"),
  "error-body": row("200 with the dialect's error as JSON, no stream", errorBody),
  "close-fin": row("the connection ends by FIN before the head"),
  "close-rst": row("the connection ends by RST before the head"),
  "keepalive-race": row("RST when the connection had served a request before; else no fault"),
  "stall-head": row("nothing is ever sent"),
  "stall-body": row("the head, then nothing"),
  "stall-role": row("the frame with the role, then nothing", "half of the body, then nothing"),
  stall: row("`afterTokens` tokens, then nothing", "that share of the body, then nothing"),
  "cut-fin": row("FIN after `afterTokens` tokens", "FIN after that share of the body"),
  "cut-rst": row("RST after `afterTokens` tokens", "RST after that share of the body"),
  "cut-clean": row(
    "well-formed end of the HTTP body after `afterTokens` tokens, no terminal event",
    brokenJson,
  ),
  "broken-event": row("one extra event of broken JSON after `afterTokens` tokens", brokenJson),
  "huge-line": row(
    "one event of `faultBytes` (64 MiB) after the role",
    "a text of `faultBytes` (64 MiB)",
  ),
  "truncated-frame": row("the terminal frame stops in the middle of its line", brokenJson),
  "error-first": row("the first event of the 200 is an error", errorBody),
  "error-event": row("an error event after `afterTokens` tokens, then the end", errorBody),
  "error-throttled": streamError("too many requests"),
  "error-model": streamError("the model's stream failed"),
  "error-timeout": streamError("the model took too long"),
  "error-invalid": streamError("the request is invalid"),
  "error-unavailable": streamError("the service is unavailable"),
  "error-internal": streamError("an internal error"),
  "error-overloaded": streamError("overloaded"),
  "no-terminal": row("everything but the end of the message", brokenJson),
  "bad-crc": row(
    "a frame with a wrong checksum after `afterTokens` tokens; no fault where frames have none",
    noFault,
  ),
  "huge-length": row(
    "a frame of 4 GiB is begun after `afterTokens` tokens; no fault where frames have no length",
    noFault,
  ),
  "double-terminal": row("the terminal frames stand twice", "the JSON stands twice"),
  "content-after-end": row(
    "text, a second finish and a second terminal follow the terminal",
    "text follows the JSON",
  ),
  endless: row("100,000,000 tokens, then FIN", "a text of 100,000,000 tokens, then FIN"),
  "odd-framing": row(
    "legal but odd SSE: BOM, comments, CR, LF and CRLF, no space after the colon, split data",
    "blanks before, between and after the JSON",
  ),
  filtered: row("the content filter ends the answer after `afterTokens` tokens"),
  guardrail: row("a guardrail ends the answer after `afterTokens` tokens"),
  refusal: row("the model refuses in words"),
  "cut-tool-json": row("a tool call's arguments stop in the middle; without tools no fault"),
  "no-usage": row("usage is missing though asked for", "usage is missing"),
  "usage-huge": row("usage says 1,000,000,000 output tokens"),
  "usage-negative": row("usage says negative numbers"),
  "usage-string": row("usage says its numbers as strings"),
  gzip: row("the right answer, gzip-coded without being asked"),
  bomb: row("gzip that unpacks to `faultBytes` (1 GiB) of blanks"),
  "many-headers": row("5,000 response headers"),
  redirect: row("307 to a private address"),
} as const satisfies Record<string, FaultRow>;

export type FaultName = keyof typeof faults;

export const isFaultName = (name: string): name is FaultName => Object.hasOwn(faults, name);

/** The faults that are HTTP errors with a body in the dialect's shape. */
export const errorFaults = [
  "400",
  "401",
  "403",
  "404",
  "408",
  "409",
  "413",
  "422",
  "424",
  "429",
  "500",
  "503",
  "529",
  "context-length",
  "content-filter",
  "quota",
] as const satisfies readonly FaultName[];

export type ErrorFault = (typeof errorFaults)[number];

const errorFaultNames: ReadonlySet<string> = new Set(errorFaults);

export const isErrorFault = (name: FaultName): name is ErrorFault => errorFaultNames.has(name);

const inStream = {
  "error-throttled": "429",
  "error-model": "424",
  "error-timeout": "408",
  "error-invalid": "400",
  "error-unavailable": "503",
  "error-internal": "500",
  "error-overloaded": "529",
} as const satisfies Partial<Record<FaultName, ErrorFault>>;

export type StreamErrorFault = keyof typeof inStream;

/** The faults that are an error in the words of another one, but in a stream. */
export const streamErrors: Readonly<Record<StreamErrorFault, ErrorFault>> &
  Readonly<Partial<Record<FaultName, ErrorFault>>> = inStream;
