import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { GatewayUnderTest } from "./gateway-under-test.ts";

const tailBytes = 64;
const lastChunk = "\r\n0\r\n\r\n";

/** What came back on a connection until it was closed, or until a test gave it up. */
export interface RawAnswer {
  readonly status: number;
  /** Code in an error body of the gateway; null when there is none. */
  readonly code: string | null;
  readonly text: string;
  /** By FIN or RST: nothing more will come. */
  readonly closed: boolean;
}

/** A client without manners or a parser: it writes what it is given, and reads when it is told. */
export class RawClient implements Disposable {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  received = 0;
  /** The last bytes. */
  tail = "";
  #text = "";

  constructor(url: string, opening: string | Buffer = "") {
    this.socket = connect({ port: Number(new URL(url).port), host: "127.0.0.1", noDelay: true });
    this.socket.pause();
    // A reset is an answer too: `closed` tells of it.
    this.socket.on("error", () => {});
    this.socket.on("data", (bytes: Buffer) => this.#take(bytes));
    this.socket.pause();
    this.closed = new Promise((resolve) => this.socket.once("close", () => resolve()));
    if (opening.length > 0) this.socket.write(opening);
  }

  /** Asks for a chat completion and does not read a byte of the answer yet. */
  static post(gateway: GatewayUnderTest, body: object): RawClient {
    const text = JSON.stringify(body);
    const head = requestHead({
      authorization: `Bearer ${gateway.key}`,
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(text)),
    });
    return new RawClient(gateway.url, head + text);
  }

  /** Sends `opening` and reads until the connection closes, at most `withinMs`. */
  static async ask(url: string, opening: string | Buffer, withinMs = 30_000): Promise<RawAnswer> {
    using client = new RawClient(url, opening);
    return await client.answer(withinMs);
  }

  /** Reads at full speed until the connection closes or a whole answer is there. */
  async answer(withinMs = 30_000): Promise<RawAnswer> {
    const lastMs = performance.now() + withinMs;
    let closed = false;
    void this.closed.then(() => (closed = true));
    this.socket.resume();
    while (!closed && !isWhole(this.#text) && performance.now() < lastMs) await sleep(2);
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(this.#text)?.[1] ?? 0);
    const code = /"code":"(\w+)"/.exec(this.#text)?.[1] ?? null;
    return { status, code, text: this.#text, closed };
  }

  /** Takes what the socket has, rests for `pauseMs`, and so on to the last chunk or the close. */
  readSlowly({ pauseMs }: { readonly pauseMs: number }): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.socket.on("data", () => {
      this.socket.pause();
      if (this.tail.endsWith(lastChunk)) resolve();
      else setTimeout(() => this.socket.resume(), pauseMs);
    });
    this.socket.resume();
    return Promise.race([promise, this.closed]);
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  #take(bytes: Buffer): void {
    this.received += bytes.length;
    const text = bytes.toString("latin1");
    this.tail = (this.tail + text).slice(-tailBytes);
    if (this.#text.length < 65_536) this.#text += text;
  }
}

/** The head of a POST to the chat surface with these headers, and one Host of its own. */
export const requestHead = (headers: Readonly<Record<string, string>>): string => {
  const lines = Object.entries({ host: "localhost", ...headers });
  const text = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `POST /v1/chat/completions HTTP/1.1\r\n${text}\r\n`;
};

/** Enough of HTTP to know the end of a small answer. */
const isWhole = (text: string): boolean => {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = /content-length: (\d+)/i.exec(text.slice(0, end))?.[1];
  return length === undefined ? text.endsWith(lastChunk) : text.length >= end + 4 + Number(length);
};
