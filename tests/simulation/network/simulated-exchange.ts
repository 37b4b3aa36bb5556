import type { ExchangeContext } from "@sekisho/lib/http/exchange/exchange-context.ts";
import { SocketExchange } from "@sekisho/lib/http/exchange/socket-exchange.ts";
import { WireHead, type ParsedHead } from "@sekisho/lib/http/exchange/wire-head.ts";
import type { SimulatedConnection, ServerEnd } from "./simulated-connection.ts";

export interface ExchangeWatcher {
  /** The last byte of the body has reached the server. */
  bodyArrived(exchange: SimulatedExchange): void;
  exchangeClosed(exchange: SimulatedExchange, clean: boolean): void;
}

/** `Exchange` over a simulated connection: the rules of every exchange, without a socket. */
export class SimulatedExchange extends SocketExchange implements ServerEnd {
  readonly #connection: SimulatedConnection;
  readonly #watcher: ExchangeWatcher;
  readonly #isBodyless: boolean;
  /** The server itself cut the connection. */
  wasDestroyed = false;
  #waitingHead: { readonly status: number; readonly headers: readonly string[] } | null = null;

  constructor(
    parsed: ParsedHead,
    context: ExchangeContext,
    connection: SimulatedConnection,
    watcher: ExchangeWatcher,
  ) {
    super(new WireHead(parsed), context);
    this.#connection = connection;
    this.#watcher = watcher;
    this.#isBodyless =
      this.head.header("content-length") === "0" ||
      (parsed.method === "GET" && this.head.header("content-length") === undefined);
  }

  get bufferedBytes(): number {
    return this.#connection.answer.queuedBytes;
  }

  /** No listener bounds the connections of a simulated network. */
  protected trustPeer(): void {}

  bodyArrived(bytes: Buffer): void {
    this.bodyChunk(bytes);
  }

  bodyEnded(): void {
    this.#watcher.bodyArrived(this);
    this.bodyEnd();
  }

  gone(): void {
    this.#over(false);
  }

  handedOver(): void {
    this.#over(true);
  }

  override drained(): void {
    super.drained();
  }

  protected get awaitsBody(): boolean {
    return !this.#isBodyless;
  }

  protected readBody(): void {
    this.#connection.readBody();
  }

  protected sendWhole(status: number, headers: string[], body: Uint8Array | string): void {
    const { answer } = this.#connection;
    answer.head(status, headers);
    answer.bytes(bytesOf(body));
    answer.whole();
  }

  protected sendHead(status: number, headers: readonly string[]): void {
    this.#waitingHead = { status, headers: headers.slice() };
  }

  protected sendFlush(): void {
    const head = this.#waitingHead;
    this.#waitingHead = null;
    if (head !== null) this.#connection.answer.head(head.status, head.headers);
  }

  protected sendBytes(bytes: Uint8Array | string): boolean {
    this.sendFlush();
    return this.#connection.answer.bytes(bytesOf(bytes));
  }

  protected sendEnd(): void {
    this.sendFlush();
    this.#connection.answer.whole();
  }

  protected cut(): void {
    this.wasDestroyed = true;
    this.#connection.destroy();
  }

  #over(clean: boolean): void {
    if (this.closed(clean)) this.#watcher.exchangeClosed(this, clean);
  }
}

const bytesOf = (body: Uint8Array | string): Buffer =>
  typeof body === "string" ? Buffer.from(body) : Buffer.from(body);
