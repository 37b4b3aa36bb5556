import { Failure } from "../failure/failure.ts";
import { BodyReader, bodyFailure, tooLarge } from "./body-reader.ts";
import { decoderOf, type Decode } from "./content-coding.ts";
import type { ExchangeContext } from "./exchange-context.ts";
import type { Exchange, ExchangeObserver } from "./exchange.ts";
import type { WireHead } from "./wire-head.ts";

/**
 * awaited ─start─► streaming ─end─► answered ─► closed
 * awaited ─respond──────────────► answered      closed is reached from everywhere
 */
type ExchangeState = "awaited" | "streaming" | "answered" | "closed";

/** What HTTP/1.1 and HTTP/2 have in common: the order of an answer, the body, the observer. */
export abstract class SocketExchange implements Exchange {
  readonly head: WireHead;
  protected readonly context: ExchangeContext;
  #state: ExchangeState = "awaited";
  #isCut = false;
  #wasClean = false;
  #observer: ExchangeObserver | null = null;
  #reader: BodyReader | null = null;

  constructor(head: WireHead, context: ExchangeContext) {
    this.head = head;
    this.context = context;
  }

  abstract readonly bufferedBytes: number;
  abstract trust(): void;
  /** Is a body announced that has not been delivered to the end? */
  protected abstract readonly awaitsBody: boolean;
  protected abstract readBody(): void;
  protected abstract sendWhole(status: number, headers: string[], body: Uint8Array | string): void;
  protected abstract sendHead(status: number, headers: readonly string[]): void;
  protected abstract sendFlush(): void;
  protected abstract sendBytes(bytes: Uint8Array | string): boolean;
  protected abstract sendEnd(): void;
  protected abstract cut(): void;

  get isClosed(): boolean {
    return this.#state === "closed" || this.#isCut;
  }

  /** Nothing after this answer can be understood on the connection, or nobody waits for it. */
  protected get isBodyLost(): boolean {
    return this.#reader?.hasFailed === true;
  }

  observe(observer: ExchangeObserver): void {
    this.#observer = observer;
    if (this.#state !== "closed") return;
    queueMicrotask(() => observer.closed(this.#wasClean));
  }

  body(limitBytes: number): Promise<Buffer> {
    if (this.isClosed) {
      return Promise.reject(bodyFailure("client_closed", "the client closed the connection"));
    }
    if (this.#reader !== null) {
      return Promise.reject(new Failure("internal", "Cannot read the body: it was read before"));
    }
    const encoding = this.head.header("content-encoding");
    return encoding === undefined
      ? this.#collect(limitBytes).body
      : this.#collectDecoded(limitBytes, encoding);
  }

  async #collectDecoded(limitBytes: number, encoding: string): Promise<Buffer> {
    const decode: Decode | null = decoderOf(encoding);
    const reader = this.#collect(limitBytes);
    const body = await reader.body;
    return decode === null ? body : reader.replaceWith(await decode(body, limitBytes));
  }

  #collect(limitBytes: number): BodyReader {
    const reader = new BodyReader(this.context, limitBytes);
    this.#reader = reader;
    const declaredBytes = Number(this.head.header("content-length") ?? 0);
    if (declaredBytes > limitBytes) reader.fail(tooLarge(declaredBytes, limitBytes));
    else if (this.awaitsBody) this.readBody();
    else reader.finish();
    return reader;
  }

  respond(status: number, headers: readonly string[], body: Uint8Array | string): void {
    if (this.isClosed) return;
    this.#expect("awaited", "respond");
    const flat = headers.slice();
    if (status !== 204 && status !== 304) {
      const bytes = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
      flat.push("content-length", String(bytes));
    }
    this.sendWhole(status, flat, body);
    this.#state = "answered";
    this.#reader?.answerBegins();
  }

  start(status: number, headers: readonly string[]): void {
    if (this.isClosed) return;
    this.#expect("awaited", "start");
    this.sendHead(status, headers);
    this.#state = "streaming";
    this.#reader?.answerBegins();
  }

  flushHead(): void {
    if (this.isClosed) return;
    this.#expect("streaming", "flush");
    this.sendFlush();
  }

  /** True after the end of the connection as well: nobody is left to wait for. */
  write(bytes: Uint8Array | string): boolean {
    if (this.isClosed) return true;
    this.#expect("streaming", "write");
    return bytes.length === 0 || this.sendBytes(bytes);
  }

  end(): void {
    if (this.isClosed) return;
    this.#expect("streaming", "end");
    this.sendEnd();
    this.#state = "answered";
  }

  destroy(): void {
    if (this.isClosed) return;
    this.#isCut = true;
    this.cut();
  }

  protected bodyChunk(chunk: Buffer): void {
    this.#reader?.take(chunk);
  }

  protected bodyEnd(): void {
    this.#reader?.finish();
  }

  /** What came after the head is not HTTP. */
  protected bodyBroken(): void {
    this.#reader?.fail(bodyFailure("bad_request", "it breaks the rules of its framing"));
  }

  protected drained(): void {
    if (!this.isClosed) this.#observer?.drained();
  }

  /** False when that was known already. */
  protected closed(clean: boolean): boolean {
    if (this.#state === "closed") return false;
    this.#state = "closed";
    this.#wasClean = clean;
    this.#reader?.release();
    this.#observer?.closed(clean);
    return true;
  }

  #expect(state: ExchangeState, verb: string): void {
    if (this.#state === state) return;
    const now = `the exchange is ${this.#state}, ${state} needed`;
    throw new Failure("internal", `Cannot ${verb} the answer: ${now}`);
  }
}
