/**
 * The baseline: the least a Node proxy can do and still bill its calls. Bytes are relayed as they
 * come and the event with the usage (or the whole JSON answer) is parsed. No key, no limit, no
 * budget, no ledger.
 *
 *   node bench/raw-proxy.ts <port> <upstream origin>
 */
import { createServer, type ServerResponse } from "node:http";
import { Pool, type Dispatcher } from "undici";

const [port, upstream] = process.argv.slice(2);
const pool = new Pool(upstream ?? "", { connections: null, pipelining: 1 });
let billedTokens = 0;

class Relay implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse;
  #contentType = "";
  #isStream = false;
  /** The whole JSON answer, or the last two chunks of a stream: usage and `[DONE]`. */
  #kept: Buffer[] = [];

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#response.on("close", () => {
      if (!this.#response.writableFinished) controller.abort(new Error("client closed"));
    });
    this.#response.on("drain", () => controller.resume());
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    const contentType = String(headers["content-type"]);
    const length = headers["content-length"];
    this.#contentType = contentType;
    this.#isStream = !contentType.startsWith("application/json");
    const out = ["content-type", contentType];
    if (length !== undefined) out.push("content-length", String(length));
    this.#response.writeHead(status, out);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isStream && this.#kept.length === 2) this.#kept.shift();
    this.#kept.push(chunk);
    if (!this.#response.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    this.#response.end();
    const kept = Buffer.concat(this.#kept);
    billedTokens += this.#isStream
      ? streamTokens(this.#contentType, kept)
      : tokensOf(kept.toString());
  }

  onResponseError(_: unknown, error: Error): void {
    if (!this.#response.headersSent) this.#response.writeHead(502);
    this.#response.end(error.message);
  }
}

function streamTokens(contentType: string, kept: Buffer): number {
  if (contentType.startsWith("application/vnd.amazon.eventstream")) {
    const start = kept.lastIndexOf('{"usage"');
    return tokensOf(kept.toString("utf8", start, kept.lastIndexOf("}") + 1));
  }
  // Anthropic's is the last event but one; OpenAI's the last one that is JSON.
  const delta = kept.lastIndexOf('data: {"type":"message_delta"');
  const start = (delta < 0 ? kept.lastIndexOf("data: {") : delta) + 6;
  return tokensOf(kept.toString("utf8", start, kept.indexOf("\n", start)));
}

function tokensOf(json: string): number {
  // The bench's own upstream answers one of these shapes; anything else ends the baseline loudly.
  const { usage } = JSON.parse(json) as { readonly usage: Readonly<Record<string, number>> };
  const tokens = usage["total_tokens"] ?? usage["totalTokens"] ?? usage["output_tokens"];
  if (tokens === undefined) throw new Error(`Cannot bill: no tokens in ${json}`);
  return tokens;
}

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    const path = request.url ?? "/";
    const headers = ["content-type", "application/json", "authorization", "Bearer bench"];
    if (path === "/v1/messages") headers.push("anthropic-version", "2023-06-01");
    pool.dispatch({ method: "POST", path, headers, body }, new Relay(response));
  });
}).listen(Number(port), "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ event: "ready", pid: process.pid })}\n`);
});
process.on("SIGTERM", () => {
  process.stderr.write(`billed ${billedTokens} tokens\n`);
  process.exit(0);
});
