import type { ServerHttp2Stream } from "node:http2";
import type { Data } from "./script.ts";

/** An answer over HTTP/2, in the words of node:http. */
export class StreamResponse {
  readonly #stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream) {
    this.#stream = stream;
    // A client that resets its stream is told by "close".
    stream.on("error", () => undefined);
  }

  get destroyed(): boolean {
    return this.#stream.destroyed;
  }

  get writableEnded(): boolean {
    return this.#stream.writableEnded;
  }

  writeHead(status: number, headers: readonly string[]): this {
    if (this.#stream.destroyed) return this;
    const fields: Record<string, string> = {};
    for (let n = 0; n < headers.length; n += 2) fields[headers[n] ?? ""] = headers[n + 1] ?? "";
    this.#stream.respond({ ":status": status, ...fields });
    return this;
  }

  /** They have left already. */
  flushHeaders(): void {}

  write(data: Data, written?: (error?: Error | null) => void): boolean {
    return this.#stream.write(data, written);
  }

  end(data?: Data): this {
    if (data === undefined) this.#stream.end();
    else this.#stream.end(data);
    return this;
  }

  on(event: "close", listener: () => void): this {
    this.#stream.on(event, listener);
    return this;
  }

  once(event: "drain", listener: () => void): this {
    this.#stream.once(event, listener);
    return this;
  }
}
