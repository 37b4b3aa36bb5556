import type { ServerHttp2Session, ServerHttp2Stream } from "node:http2";

const valueOf = (rawHeaders: readonly string[], name: string): string => {
  const at = rawHeaders.indexOf(name);
  return at === -1 ? "" : (rawHeaders[at + 1] ?? "");
};

/** A request over HTTP/2, in the words of node:http. */
export class StreamRequest {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: string[];
  readonly socket = null;
  readonly connection: object;
  readonly #stream: ServerHttp2Stream;
  readonly #session: ServerHttp2Session | undefined;

  constructor(stream: ServerHttp2Stream, rawHeaders: string[]) {
    this.method = valueOf(rawHeaders, ":method");
    this.url = valueOf(rawHeaders, ":path");
    this.rawHeaders = rawHeaders;
    this.#stream = stream;
    // Only of a session of this process's own side there is none.
    this.#session = stream.session as ServerHttp2Session | undefined;
    this.connection = this.#session ?? stream;
  }

  on(event: "data" | "end" | "error", listener: (chunk: Buffer) => void): this {
    this.#stream.on(event, listener);
    return this;
  }

  resume(): this {
    this.#stream.resume();
    return this;
  }

  cut(how: "fin" | "rst"): void {
    if (this.#stream.destroyed) return;
    if (!this.#stream.headersSent) return this.#end(how);
    // The empty write is done when all before it is with the kernel: what was sent arrives.
    this.#stream.write("", () => this.#end(how));
  }

  #end(how: "fin" | "rst"): void {
    // To close it would end it first, and the client would take what it has for the whole.
    if (how === "rst") this.#stream.destroy(new Error("cut by a fault"));
    else this.#session?.destroy();
  }
}
