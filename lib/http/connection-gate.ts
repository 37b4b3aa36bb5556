import { once } from "node:events";
import type { Socket } from "node:net";

const mappedPrefix = "::ffff:";

/** The peer's address; an IPv4 peer of a dual-stack socket under its IPv4 name. */
export const remoteAddressOf = (socket: Socket): string => {
  const address = socket.remoteAddress ?? "";
  const isMapped = address.startsWith(mappedPrefix) && address.includes(".");
  return isMapped ? address.slice(mappedPrefix.length) : address;
};

/** Counts the accepted connections, by peer, and can close them all. */
export class ConnectionGate {
  readonly #perAddress: number;
  readonly #sockets = new Set<Socket>();
  readonly #counts = new Map<string, number>();

  constructor(perAddress: number) {
    this.#perAddress = perAddress;
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  /** False, and the socket destroyed, when its address has as many connections as it may have. */
  admit(socket: Socket): boolean {
    const address = remoteAddressOf(socket);
    const count = this.#counts.get(address) ?? 0;
    if (count >= this.#perAddress) {
      socket.destroy();
      return false;
    }
    this.#counts.set(address, count + 1);
    this.#sockets.add(socket);
    socket.once("close", () => this.#forget(socket, address));
    return true;
  }

  /** Resolves when the last connection is gone. */
  async destroyAll(): Promise<void> {
    const sockets = [...this.#sockets];
    for (const socket of sockets) socket.destroy();
    await Promise.all(sockets.map((socket) => once(socket, "close")));
  }

  #forget(socket: Socket, address: string): void {
    this.#sockets.delete(socket);
    const count = this.#counts.get(address) ?? 0;
    if (count > 1) this.#counts.set(address, count - 1);
    else this.#counts.delete(address);
  }
}
