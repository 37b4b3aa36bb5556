import { Failure } from "../../failure/failure.ts";
import { Deadline, type DeadlineOwner } from "../../time/timer-wheel.ts";
import { decoderOf, type Decode } from "../content-coding.ts";
import type { Exchange, ExchangeObserver } from "../exchange.ts";
import { BodyReader, bodyFailure, tooLarge } from "./body-reader.ts";
import type { ExchangeContext } from "./exchange-context.ts";
import type { WireHead } from "./wire-head.ts";

/**
 * awaited ─start─► streaming ─end─► answered ─► closed
 * awaited ─respond──────────────► answered      closed is reached from everywhere
 */
type ExchangeState = "awaited" | "streaming" | "answered" | "closed";

/** More of a whole answer is written in pieces: only then does it show that the socket takes it. */
const pieceBytes = 65_536;
/** So often is looked, in one stall time-out, whether the socket has taken something. */
const stallLooks = 4;

/** What HTTP/1.1 and HTTP/2 have in common: the order of an answer, the body, the observer. */
export abstract class SocketExchange implements Exchange, DeadlineOwner {
  readonly head: WireHead;
  protected readonly context: ExchangeContext;
  #state: ExchangeState = "awaited";
  #isCut = false;
  #isTrusted = false;
  #wasClean = false;
  #observer: ExchangeObserver | null = null;
  #reader: BodyReader | null = null;
  /** What of a whole answer was not written yet. */
  #rest: Buffer | null = null;
  /** Armed while bytes of a finished answer wait for the socket. */
  #stall: Deadline | null = null;
  #unsentBytes = 0;
  #looksInVain = 0;

  constructor(head: WireHead, context: ExchangeContext) {
    this.head = head;
    this.context = context;
  }

  abstract readonly bufferedBytes: number;
  protected abstract trustPeer(): void;
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

  /** The answer waits for its turn behind an earlier one, not for the client. */
  protected get isHeldBack(): boolean {
    return false;
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

  trust(): void {
    this.#isTrusted = true;
    this.#reader?.trust();
    this.trustPeer();
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
    const { bodyMemory, strangersMemory } = this.context;
    const memory = this.#isTrusted ? bodyMemory : strangersMemory;
    const reader = new BodyReader(this.context, limitBytes, memory);
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
    const isEmpty = status === 204 || status === 304;
    const bytes = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
    if (!isEmpty) flat.push("content-length", String(bytes));
    if (isEmpty || this.head.method === "HEAD") this.sendWhole(status, flat, "");
    else if (bytes <= pieceBytes) this.sendWhole(status, flat, body);
    else this.#sendPieces(status, flat, bufferOf(body));
    this.#state = "answered";
    if (this.#rest !== null) this.#watchForStall();
  }

  start(status: number, headers: readonly string[]): void {
    if (this.isClosed) return;
    this.#expect("awaited", "start");
    this.sendHead(status, headers);
    this.#state = "streaming";
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

  /** Has the socket taken nothing in a whole stall time-out? Then nobody reads the answer. */
  deadlinePassed(): void {
    const hasMoved = this.isHeldBack || this.#countUnsent() < this.#unsentBytes;
    this.#looksInVain = hasMoved ? 0 : this.#looksInVain + 1;
    if (this.#looksInVain < stallLooks) this.#watchForStall();
    else this.destroy();
  }

  /** To be called when the end of the answer was handed to the socket. */
  protected ended(): void {
    this.#watchForStall();
  }

  bodyChunk(chunk: Buffer): void {
    this.#reader?.take(chunk);
  }

  bodyEnd(): void {
    this.#reader?.finish();
  }

  /** What came after the head is not HTTP. */
  protected bodyBroken(): void {
    this.#reader?.fail(bodyFailure("bad_request", "it breaks the rules of its framing"));
  }

  protected drained(): void {
    if (this.isClosed) return;
    if (this.#rest === null) this.#observer?.drained();
    else this.#sendRest(this.#rest);
  }

  /** False when that was known already. */
  protected closed(clean: boolean): boolean {
    if (this.#state === "closed") return false;
    this.#state = "closed";
    this.#wasClean = clean;
    this.#rest = null;
    if (this.#stall !== null) this.context.wheel.cancel(this.#stall);
    this.#reader?.release();
    this.#observer?.closed(clean);
    return true;
  }

  #sendPieces(status: number, headers: string[], body: Buffer): void {
    this.sendHead(status, headers);
    this.#sendRest(body);
  }

  #sendRest(rest: Buffer): void {
    for (let from = 0; from < rest.length; from += pieceBytes) {
      const next = from + pieceBytes;
      const goesOn = this.sendBytes(rest.subarray(from, next));
      if (goesOn || next >= rest.length) continue;
      this.#rest = rest.subarray(next);
      return;
    }
    this.#rest = null;
    this.sendEnd();
  }

  #countUnsent(): number {
    return this.bufferedBytes + (this.#rest?.length ?? 0);
  }

  #watchForStall(): void {
    this.#unsentBytes = this.#countUnsent();
    if (this.#unsentBytes === 0 || this.isClosed) return;
    this.#stall ??= new Deadline(this);
    this.context.wheel.arm(this.#stall, this.context.limits.stallTimeoutMs / stallLooks);
  }

  #expect(state: ExchangeState, verb: string): void {
    if (this.#state === state) return;
    const now = `the exchange is ${this.#state}, ${state} needed`;
    throw new Failure("internal", `Cannot ${verb} the answer: ${now}`);
  }
}

const bufferOf = (body: Uint8Array | string): Buffer =>
  typeof body === "string"
    ? Buffer.from(body)
    : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
