import { createServer, type Server } from "node:http";
import {
  createServer as createHttp2Server,
  type Http2Server,
  type ServerHttp2Stream,
} from "node:http2";
import type { Socket } from "node:net";
import type { Hearing, Speaking } from "./peers.ts";
import { StreamRequest } from "./stream-request.ts";
import { StreamResponse } from "./stream-response.ts";

const maxHeaderBytes = 65_536;
const keepAliveTimeoutMs = 65_000;
const streamsPerConnection = 1_000;

/** How each connection of HTTP/2 with prior knowledge begins; no request of HTTP/1.1 does. */
const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

type Listener = (this: Server, socket: Socket) => void;

export type Handler = (request: Hearing, response: Speaking) => void;

const ignoreError = (): void => undefined;

/**
 * HTTP/1.1 and cleartext HTTP/2 on one port. The server of HTTP/1.1 listens, and the connections of
 * HTTP/2 are taken out before it sees them: so both have the limits of their own server.
 */
export class Port {
  readonly #h1: Server;
  readonly #h2: Http2Server;
  readonly #sockets = new Set<Socket>();
  readonly #onH1: Listener;

  constructor(handle: Handler) {
    const limits = { maxHeaderSize: maxHeaderBytes, keepAliveTimeout: keepAliveTimeoutMs };
    this.#h1 = createServer({ ...limits, noDelay: true }, handle);
    const settings = {
      maxConcurrentStreams: streamsPerConnection,
      maxHeaderListSize: maxHeaderBytes,
    };
    this.#h2 = createHttp2Server({ settings });
    type Told = [stream: ServerHttp2Stream, headers: unknown, flags: unknown, raw: string[]];
    this.#h2.on("stream", (...[stream, , , rawHeaders]: Told) => {
      handle(new StreamRequest(stream, rawHeaders), new StreamResponse(stream));
    });
    this.#h2.on("sessionError", ignoreError);
    const [onH1] = this.#h1.listeners("connection");
    if (onH1 === undefined) throw new TypeError("node:http has no listener for connections");
    this.#onH1 = onH1;
    this.#h1.removeAllListeners("connection");
    this.#h1.on("connection", (socket) => this.#accept(socket));
  }

  /** The port that it listens on. Rejects when it cannot. */
  listen(port: number, host: string): Promise<number> {
    const server = this.#h1;
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, () => {
        const address = server.address();
        // A server that listens on a TCP port has an address of its own.
        resolve(typeof address === "object" && address !== null ? address.port : port);
      });
    });
  }

  /** Ends every connection. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#h1.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", ignoreError);
    socket.once("close", () => this.#sockets.delete(socket));
    this.#sniff(socket);
  }

  #sniff(socket: Socket): void {
    let bytes: Buffer = Buffer.alloc(0);
    const onEnd = (): void => void socket.destroy();
    const onData = (chunk: Buffer): void => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      const length = Math.min(bytes.length, preface.length);
      const isH2 = preface.compare(bytes, 0, length, 0, length) === 0;
      if (isH2 && length < preface.length) return;
      socket.off("data", onData).off("end", onEnd);
      socket.pause();
      socket.unshift(bytes);
      if (isH2) this.#acceptH2(socket);
      else this.#acceptH1(socket);
    };
    socket.on("data", onData);
    // The other side ends before it has said what it speaks.
    socket.on("end", onEnd);
  }

  #acceptH1(socket: Socket): void {
    this.#onH1.call(this.#h1, socket);
    socket.resume();
  }

  #acceptH2(socket: Socket): void {
    // Sockets of node:http stay half open, and node:http2 would not see that the client has left.
    socket.allowHalfOpen = false;
    this.#h2.emit("connection", socket);
  }
}
