import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import { Deadline, type DeadlineOwner } from "../../time/timer-wheel.ts";
import type { RequestHead } from "../exchange.ts";
import type { ExchangeContext } from "../exchange/exchange-context.ts";
import type { Departing } from "../exchange/outbox.ts";
import { closeReason } from "./close-reason.ts";

/** What a session tells its owner; nothing after `closed`. */
export interface SessionObserver {
  text(text: string): void;
  /** Buffered bytes fell below the low-water mark after a `send` that returned false. */
  drained(): void;
  /** `code` as the peer gave it; 1006 when the connection broke. */
  closed(code: number): void;
}

/**
 * One WebSocket connection, server side: the seam at which fakes enter. Frames of one turn of the
 * event loop leave in one write.
 */
export interface WebSocketSession {
  readonly head: RequestHead;
  /** Bytes accepted by `send` that the socket has not taken yet. */
  readonly bufferedBytes: number;
  readonly isClosed: boolean;
  observe(observer: SessionObserver): void;
  /** The client has proven who it is: see `Exchange.trust`; its messages may be long now. */
  trust(): void;
  /** False when more than 64 KiB are buffered; the frame is accepted all the same. */
  send(text: string): boolean;
  /**
   * Says goodbye, with as much of the reason as a frame carries. A peer that does not answer within
   * the linger time-out is cut.
   */
  close(code: number, reason: string): void;
  destroy(): void;
}

export interface SessionParts {
  readonly head: RequestHead;
  readonly socket: Socket;
  readonly context: Pick<ExchangeContext, "outbox" | "wheel" | "limits">;
  readonly trust: () => void;
  /** What somebody unproven may send in all. */
  readonly strangersBytes: number;
}

/** RFC 6455, 7.4.1 */
const tooBig = 1009;
const broken = 1006;

const ignored = (): void => {};

interface Stranger {
  readonly trust: () => void;
  readonly heard: () => void;
}

/** A session over the package `ws`. */
export class WsSession implements WebSocketSession, DeadlineOwner, Departing {
  readonly head: RequestHead;
  readonly #ws: WebSocket;
  readonly #socket: Socket;
  readonly #context: SessionParts["context"];
  #linger: Deadline | null = null;
  #observer: SessionObserver | null = null;
  /** Until it is known who this is. */
  #stranger: Stranger | null;
  #isClosed = false;
  /** We have said goodbye: what still comes is not read. */
  #isClosing = false;
  #isCorked = false;
  #closedWith = broken;
  readonly #strangersLastByte: number;

  constructor(ws: WebSocket, parts: SessionParts) {
    this.head = parts.head;
    this.#ws = ws;
    const { socket, trust } = parts;
    this.#socket = socket;
    this.#context = parts.context;
    this.#stranger = { trust, heard: () => this.#heardStranger() };
    this.#strangersLastByte = socket.bytesRead + parts.strangersBytes;
    // Ahead of `ws`: what is too much is not read.
    socket.prependListener("data", this.#stranger.heard);
    socket.on("drain", () => {
      if (!this.#isClosed) this.#observer?.drained();
    });
    ws.on("message", (data: Buffer, isBinary: boolean) => this.#message(data, isBinary));
    ws.on("close", (code: number) => this.#over(code));
    // "close" follows, and tells of it.
    ws.on("error", ignored);
  }

  get bufferedBytes(): number {
    return this.#ws.bufferedAmount;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  observe(observer: SessionObserver): void {
    this.#observer = observer;
    if (this.#isClosed) queueMicrotask(() => observer.closed(this.#closedWith));
  }

  trust(): void {
    const stranger = this.#stranger;
    if (stranger === null) return;
    this.#stranger = null;
    this.#socket.off("data", stranger.heard);
    stranger.trust();
  }

  send(text: string): boolean {
    if (this.#isClosed) return true;
    this.#cork();
    this.#ws.send(text, { binary: false });
    return !this.#socket.writableNeedDrain;
  }

  close(code: number, reason: string): void {
    if (this.#isClosed || this.#isClosing) return;
    this.#isClosing = true;
    this.#ws.close(code, closeReason(reason));
    this.#linger = new Deadline(this);
    const { wheel, limits } = this.#context;
    wheel.arm(this.#linger, limits.lingerTimeoutMs);
  }

  destroy(): void {
    if (!this.#isClosed) this.#ws.terminate();
  }

  depart(): void {
    this.#isCorked = false;
    this.#socket.uncork();
  }

  /** The peer has not answered our goodbye. */
  deadlinePassed(): void {
    this.destroy();
  }

  /** One write, and one packet, for all frames of a turn. */
  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#socket.cork();
    this.#context.outbox.add(this);
  }

  #heardStranger(): void {
    if (this.#socket.bytesRead <= this.#strangersLastByte) return;
    this.close(tooBig, "too much before the first proof of who sends it");
  }

  #message(data: Buffer, isBinary: boolean): void {
    if (this.#isClosed || this.#isClosing) return;
    if (isBinary) this.close(1003, "binary frames are not taken");
    else this.#observer?.text(data.toString("utf8"));
  }

  #over(code: number): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closedWith = code;
    if (this.#linger !== null) this.#context.wheel.cancel(this.#linger);
    this.#observer?.closed(code);
  }
}
