/**
 * The baseline: the least a Node proxy can do and still bill its calls. Bytes are relayed as they
 * come and the last event (or the whole JSON answer) is parsed for its usage. No key, no limit, no
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
    this.#isStream = contentType.startsWith("text/event-stream");
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
    const json = this.#isStream ? lastEvent(kept) : kept.toString();
    // The bench's own upstream answers OpenAI's shape; anything else ends the baseline loudly.
    const answer = JSON.parse(json) as { readonly usage: { readonly total_tokens: number } };
    billedTokens += answer.usage.total_tokens;
  }

  onResponseError(_: unknown, error: Error): void {
    if (!this.#response.headersSent) this.#response.writeHead(502);
    this.#response.end(error.message);
  }
}

function lastEvent(kept: Buffer): string {
  const start = kept.lastIndexOf("data: {") + 6;
  return kept.toString("utf8", start, kept.indexOf("\n", start));
}

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    const headers = ["content-type", "application/json", "authorization", "Bearer bench"];
    const path = request.url ?? "/";
    pool.dispatch({ method: "POST", path, headers, body }, new Relay(response));
  });
}).listen(Number(port), "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ event: "ready", pid: process.pid })}\n`);
});
process.on("SIGTERM", () => {
  process.stderr.write(`billed ${billedTokens} tokens\n`);
  process.exit(0);
});
