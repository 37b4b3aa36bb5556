import { createServer, type Http2Server, type ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import { ConnectionH2 } from "./connection-h2.ts";
import type { Reception } from "./reception.ts";

/** Serves HTTP/2 on sockets that others have accepted. */
export class EndpointH2 {
  readonly #reception: Reception;
  readonly #server: Http2Server;
  readonly #connections = new Set<ConnectionH2>();
  #accepting: Socket | null = null;

  constructor(reception: Reception) {
    this.#reception = reception;
    const { limits } = reception;
    this.#server = createServer({
      // Twice, so that a head with somewhat too many headers gets an answer and not a reset.
      maxHeaderListPairs: limits.headerCount * 2,
      settings: {
        maxConcurrentStreams: limits.exchangesPerConnection,
        maxHeaderListSize: limits.headerBytes,
      },
    });
    this.#server.on("session", (session) => this.#adopt(session));
  }

  accept(socket: Socket): void {
    // Sockets of node:http stay half open, and node:http2 would not see that the client has left.
    socket.allowHalfOpen = false;
    // Its session is made and told of before `emit` returns.
    this.#accepting = socket;
    this.#server.emit("connection", socket);
    this.#accepting = null;
  }

  /**
   * Tells every client to open no further stream; each connection closes behind its last one.
   * Resolves when all has been handed over.
   */
  async drain(): Promise<void> {
    await Promise.all([...this.#connections].map((connection) => connection.drain()));
  }

  #adopt(session: ServerHttp2Session): void {
    if (this.#accepting === null) throw new TypeError("node:http2 has a session without a socket");
    const connection = new ConnectionH2(session, this.#accepting, this.#reception);
    this.#connections.add(connection);
    session.once("close", () => {
      this.#connections.delete(connection);
      connection.closed();
    });
    if (this.#reception.isDraining) void connection.drain();
  }
}
