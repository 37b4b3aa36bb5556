import type { Socket } from "node:net";
import { Deadline, type DeadlineOwner } from "../../time/timer-wheel.ts";
import type { Reception } from "./reception.ts";

/** How every HTTP/2 connection with prior knowledge begins; no HTTP/1.1 request does. */
const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

/** What the first bytes say: undecided while they are a beginning of the preface. */
const protocolOf = (bytes: Buffer): "h1" | "h2" | "undecided" => {
  const length = Math.min(bytes.length, preface.length);
  if (preface.compare(bytes, 0, length, 0, length) !== 0) return "h1";
  return length === preface.length ? "h2" : "undecided";
};

/** Told once; not at all when the connection ended or took too long before that. */
export type Sniffed = (socket: Socket, protocol: "h1" | "h2") => void;

/** Reads the first bytes of a connection, puts them back and says who can read them. */
export const sniffProtocol = (socket: Socket, reception: Reception, sniffed: Sniffed): void => {
  new ProtocolSniffer(socket, reception, sniffed).start();
};

class ProtocolSniffer implements DeadlineOwner {
  readonly #socket: Socket;
  readonly #reception: Reception;
  readonly #sniffed: Sniffed;
  readonly #deadline = new Deadline(this);
  readonly #onData = (chunk: Buffer): void => this.#look(chunk);
  readonly #onGone = (): void => this.#giveUp();
  #bytes: Buffer | null = null;

  constructor(socket: Socket, reception: Reception, sniffed: Sniffed) {
    this.#socket = socket;
    this.#reception = reception;
    this.#sniffed = sniffed;
  }

  start(): void {
    const { wheel, limits } = this.#reception;
    this.#socket.on("data", this.#onData).on("end", this.#onGone).on("close", this.#onGone);
    wheel.arm(this.#deadline, limits.sniffTimeoutMs);
  }

  deadlinePassed(): void {
    this.#giveUp();
  }

  #look(chunk: Buffer): void {
    const bytes = this.#bytes === null ? chunk : Buffer.concat([this.#bytes, chunk]);
    this.#bytes = bytes;
    const protocol = protocolOf(bytes);
    if (protocol === "undecided") return;
    this.#letGo();
    this.#socket.pause();
    this.#socket.unshift(bytes);
    this.#sniffed(this.#socket, protocol);
    // node:http2 reads what was put back by itself, on the next tick; flowing data would be lost.
    if (protocol === "h1") this.#socket.resume();
  }

  #giveUp(): void {
    this.#letGo();
    this.#socket.destroy();
  }

  #letGo(): void {
    this.#reception.wheel.cancel(this.#deadline);
    this.#socket.off("data", this.#onData).off("end", this.#onGone).off("close", this.#onGone);
  }
}
