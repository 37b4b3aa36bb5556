import { connect, type Socket } from "node:net";
import { AnswerReader } from "./answer-reader.ts";

export type FailureKind = "connect" | "cut" | "framing";

export interface ConnectionOwner {
  /** A request may be sent: after connecting, and after each answer. */
  ready(connection: Connection): void;
  /** Bytes came that completed server-sent events; once per read. */
  progress(connection: Connection): void;
  answered(connection: Connection): void;
  failed(connection: Connection, kind: FailureKind, detail: string): void;
  /** The peer closed a connection on which nothing was under way. */
  closedIdle(connection: Connection): void;
}

/** Filled and read within one callback, so that all connections can share it. */
const readBuffer = Buffer.allocUnsafeSlow(262_144);

/** One keep-alive client connection with at most one request under way. */
export class Connection {
  readonly answer = new AnswerReader();
  /** When the request under way was due, in `performance.now()` milliseconds. */
  dueAt = 0;
  /** When its last event came; 0 before the first. */
  lastEventAt = 0;

  readonly #port: number;
  readonly #owner: ConnectionOwner;
  #socket: Socket | undefined;
  #state: "closed" | "connecting" | "idle" | "busy" = "closed";

  constructor(port: number, owner: ConnectionOwner) {
    this.#port = port;
    this.#owner = owner;
  }

  get state(): "closed" | "connecting" | "idle" | "busy" {
    return this.#state;
  }

  open(): void {
    this.#state = "connecting";
    const onread = { buffer: readBuffer, callback: (size: number) => this.#read(socket, size) };
    const socket: Socket = connect({ host: "127.0.0.1", port: this.#port, noDelay: true, onread });
    this.#socket = socket;
    socket.on("connect", () => this.#connected(socket));
    socket.on("error", (error) => this.#lost(socket, error.message));
    socket.on("close", () => this.#lost(socket, "closed by the peer"));
    socket.on("end", () => this.#ended(socket));
  }

  send(request: Buffer, dueAt: number): void {
    this.answer.reset();
    this.dueAt = dueAt;
    this.lastEventAt = 0;
    this.#state = "busy";
    this.#socket?.write(request);
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#state = "closed";
    socket?.destroy();
  }

  #connected(socket: Socket): void {
    if (socket !== this.#socket) return;
    this.#state = "idle";
    this.#owner.ready(this);
  }

  #read(socket: Socket, size: number): boolean {
    if (socket !== this.#socket || this.#state !== "busy") return true;
    const before = this.answer.events;
    let complete: boolean;
    try {
      complete = this.answer.feed(readBuffer.subarray(0, size));
    } catch (error) {
      this.close();
      this.#owner.failed(this, "framing", String(error));
      return false;
    }
    if (this.answer.events > before) this.#owner.progress(this);
    if (complete) this.#complete();
    return true;
  }

  #complete(): void {
    this.#state = "idle";
    this.#owner.answered(this);
    if (this.answer.closes) {
      this.close();
      this.#owner.closedIdle(this);
    } else {
      this.#owner.ready(this);
    }
  }

  #ended(socket: Socket): void {
    if (socket !== this.#socket || this.#state !== "busy") return;
    if (!this.answer.endsAtClose()) return;
    this.answer.closes = true;
    this.#complete();
  }

  #lost(socket: Socket, detail: string): void {
    if (socket !== this.#socket) return;
    const was = this.#state;
    this.close();
    if (was === "busy") this.#owner.failed(this, "cut", detail);
    else if (was === "connecting") this.#owner.failed(this, "connect", detail);
    else this.#owner.closedIdle(this);
  }
}
