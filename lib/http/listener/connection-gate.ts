import { once } from "node:events";
import type { Socket } from "node:net";
import { neighbourhoodOf } from "../neighbourhood.ts";

const mappedPrefix = "::ffff:";

/** The peer's address; an IPv4 peer of a dual-stack socket under its IPv4 name. */
export const remoteAddressOf = (socket: Socket): string => {
  const address = socket.remoteAddress ?? "";
  const isMapped = address.startsWith(mappedPrefix) && address.includes(".");
  return isMapped ? address.slice(mappedPrefix.length) : address;
};

/** A connection's other end, of a plain, TLS or HTTP/2 socket alike. */
export type Peer = Pick<Socket, "remoteAddress" | "remotePort">;

const nameOf = (peer: Peer): string => `${peer.remoteAddress ?? ""} ${peer.remotePort ?? 0}`;

/**
 * Holds the accepted connections and bounds, by address, those whose peer has not proven who it is:
 * a client of many connections, or a proxy before many clients, is not held for an attack (SEC-4).
 * Of IPv6 the whole /64 is one address, else one host could be as many as it likes.
 */
export class ConnectionGate {
  readonly #strangersPerAddress: number;
  readonly #sockets = new Set<Socket>();
  /** Address of each connection that still counts, by the name of its peer. */
  readonly #strangers = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  constructor(strangersPerAddress: number) {
    this.#strangersPerAddress = strangersPerAddress;
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  /** False, and the socket destroyed, when its address has as many strangers as it may have. */
  admit(socket: Socket): boolean {
    const address = neighbourhoodOf(remoteAddressOf(socket));
    const count = this.#counts.get(address) ?? 0;
    if (count >= this.#strangersPerAddress) {
      socket.destroy();
      return false;
    }
    const name = nameOf(socket);
    this.#counts.set(address, count + 1);
    this.#strangers.set(name, address);
    this.#sockets.add(socket);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      this.#release(name);
    });
    return true;
  }

  /** The peer has proven who it is: its connection counts no longer. */
  trust(peer: Peer): void {
    this.#release(nameOf(peer));
  }

  /** Resolves when the last connection is gone. */
  async destroyAll(): Promise<void> {
    const sockets = [...this.#sockets];
    for (const socket of sockets) socket.destroy();
    await Promise.all(sockets.map((socket) => once(socket, "close")));
  }

  #release(name: string): void {
    const address = this.#strangers.get(name);
    if (address === undefined) return;
    this.#strangers.delete(name);
    const count = this.#counts.get(address) ?? 0;
    if (count > 1) this.#counts.set(address, count - 1);
    else this.#counts.delete(address);
  }
}
