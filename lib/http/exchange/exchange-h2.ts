import { constants, type ServerHttp2Stream } from "node:http2";
import type { ExchangeContext } from "./exchange-context.ts";
import { SocketExchange } from "./socket-exchange.ts";
import { WireHead, type ParsedHead } from "./wire-head.ts";

/** Told once when an exchange is over, and whether the client ended it before its time. */
export interface CarrierH2 {
  readonly reception: ExchangeContext;
  exchangeClosed(wasReset: boolean): void;
  /** Bytes were left behind in the connection: does its client still read? */
  probe(): void;
  trust(): void;
}

/** Headers that belong to a connection of HTTP/1.1; a client of HTTP/2 must refuse them. */
const connectionHeaders: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** An exchange over one stream of HTTP/2. */
export class ExchangeH2 extends SocketExchange {
  readonly #stream: ServerHttp2Stream;
  readonly #carrier: CarrierH2;
  readonly #onWritten = (error?: Error | null): void => this.#written(error);
  #awaitsContinue: boolean;
  /** The stream is closed, but its last bytes still wait for the socket. */
  #isTrailing = false;

  constructor(parsed: ParsedHead, stream: ServerHttp2Stream, carrier: CarrierH2) {
    super(new WireHead(parsed, carrier.reception.trustedProxies), carrier.reception);
    this.#stream = stream;
    this.#carrier = carrier;
    this.#awaitsContinue = this.head.header("expect")?.toLowerCase() === "100-continue";
    stream.on("error", ignoreError);
    stream.on("close", () => this.#onClose());
  }

  get bufferedBytes(): number {
    return this.#stream.writableLength;
  }

  protected trustPeer(): void {
    this.#carrier.trust();
  }

  protected get awaitsBody(): boolean {
    return !this.#stream.endAfterHeaders;
  }

  protected readBody(): void {
    if (this.#awaitsContinue) this.#stream.additionalHeaders({ ":status": 100 });
    this.#awaitsContinue = false;
    this.#stream.on("data", (chunk: Buffer) => this.bodyChunk(chunk));
    this.#stream.on("end", () => this.#onEnd());
  }

  protected sendWhole(status: number, headers: string[], body: Uint8Array | string): void {
    const endStream = body.length === 0;
    this.#stream.respond(headList(status, headers), { endStream });
    // A status without a body, or HEAD: node:http2 has ended the stream with its head.
    if (!this.#stream.writableEnded) {
      this.#stream.write(body, this.#onWritten);
      this.#stream.end();
    }
    this.#skipBody();
    this.ended();
  }

  protected sendHead(status: number, headers: readonly string[]): void {
    this.#stream.respond(headList(status, headers));
  }

  protected sendFlush(): void {
    // The head left with `start`: HTTP/2 does not wait for a body.
  }

  protected sendBytes(bytes: Uint8Array | string): boolean {
    if (this.#stream.writableEnded || this.#stream.write(bytes, this.#onWritten)) return true;
    if (this.#stream.listenerCount("drain") === 0) this.#stream.on("drain", () => this.drained());
    return false;
  }

  protected sendEnd(): void {
    this.#stream.end();
    this.#skipBody();
    this.ended();
  }

  protected cut(): void {
    if (this.bufferedBytes > 0) this.#carrier.probe();
    if (this.#isTrailing) this.#over(false);
    // Not `close(code)`: it ends the stream first, and the client would take the answer for whole.
    this.#stream.destroy(cutShort);
  }

  /** Behind the answer the stream is reset without error: no more of the body is to be sent. */
  #skipBody(): void {
    if (!this.awaitsBody || this.#stream.readableEnded) return;
    this.#stream.once("finish", () => this.#stream.close(constants.NGHTTP2_NO_ERROR));
  }

  /** A stream that is torn down ends as well, and what had arrived by then is not the body. */
  #onEnd(): void {
    const { aborted, destroyed, rstCode } = this.#stream;
    if (!aborted && !destroyed && rstCode === constants.NGHTTP2_NO_ERROR) this.bodyEnd();
  }

  #onClose(): void {
    // Not `writableFinished`: node:http2 may close a stream before it says so.
    const { rstCode, writableEnded, aborted } = this.#stream;
    const wasSent = writableEnded && !aborted && rstCode === constants.NGHTTP2_NO_ERROR;
    // A stream closes with its last frame, which may wait in the connection for a slow client.
    this.#isTrailing = wasSent && !this.isClosed && this.bufferedBytes > 0;
    if (!this.#isTrailing) this.#over(wasSent);
  }

  #written(error: Error | null | undefined): void {
    if (this.#isTrailing && this.bufferedBytes === 0) this.#over(!error);
  }

  #over(wasSent: boolean): void {
    const wasCut = this.isClosed;
    const clean = wasSent && !wasCut;
    if (this.closed(clean)) this.#carrier.exchangeClosed(!clean && !wasCut);
  }
}

const headList = (status: number, headers: readonly string[]): string[] => {
  const list = [":status", String(status)];
  for (let n = 0; n < headers.length; n += 2) {
    const name = (headers[n] ?? "").toLowerCase();
    if (!connectionHeaders.has(name)) list.push(name, headers[n + 1] ?? "");
  }
  return list;
};

const cutShort = new Error("the answer was cut short");

/** What ends a stream early is told by "close" and its code. */
const ignoreError = (): void => {};
