import { createServer, type Http2Server, type ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import { ConnectionH2 } from "./connection-h2.ts";
import type { Reception } from "./reception.ts";

/** Serves HTTP/2 on sockets that others have accepted. */
export class EndpointH2 {
  readonly #reception: Reception;
  readonly #server: Http2Server;
  readonly #connections = new Set<ConnectionH2>();

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
    this.#server.emit("connection", socket);
  }

  /** Tells every client to open no further stream; each connection closes behind its last one. */
  drain(): void {
    for (const connection of this.#connections) connection.drain();
  }

  #adopt(session: ServerHttp2Session): void {
    const connection = new ConnectionH2(session, this.#reception);
    this.#connections.add(connection);
    session.once("close", () => {
      this.#connections.delete(connection);
      connection.closed();
    });
    if (this.#reception.isDraining) connection.drain();
  }
}
