import type { Socket } from "node:net";
import type { Data } from "./script.ts";
import { StreamRequest } from "./stream-request.ts";

/** A request over either version of HTTP: that of node:http as it is, a stream of node:http2. */
export interface Hearing {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Flat: name, value. */
  readonly rawHeaders: string[];
  /** Null over HTTP/2. */
  readonly socket: Socket | null;
  on(event: "data", listener: (chunk: Buffer) => void): unknown;
  on(event: "end" | "error", listener: () => void): unknown;
  resume(): unknown;
}

/** Its answer. */
export interface Speaking {
  readonly destroyed: boolean;
  readonly writableEnded: boolean;
  writeHead(status: number, headers: string[]): unknown;
  flushHeaders(): void;
  /** False: wait for "drain". `written` is told when it is with the kernel. */
  write(data: Data, written?: (error?: Error | null) => void): boolean;
  end(data?: Data): unknown;
  on(event: "close", listener: () => void): unknown;
  once(event: "drain", listener: () => void): unknown;
}

/** What stays the same over all requests of one connection. */
export const connectionOf = (request: Hearing): object => {
  if (request instanceof StreamRequest) return request.connection;
  return request.socket ?? request;
};

/**
 * Ends the connection behind all that was written. Over HTTP/2 a reset is one of the stream alone,
 * and the end is one of the connection with all its streams.
 */
export const cutConnection = (request: Hearing, how: "fin" | "rst"): void => {
  if (request instanceof StreamRequest) return request.cut(how);
  const { socket } = request;
  // The empty write is done when all before it is with the kernel: what was sent arrives.
  socket?.write("", () => {
    if (how === "rst") socket.resetAndDestroy();
    else socket.destroySoon();
  });
};
