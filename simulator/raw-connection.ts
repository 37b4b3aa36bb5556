import { connect, type Socket } from "node:net";

/** An answer as it stood on the wire. */
export interface RawAnswer {
  readonly head: string;
  /** Behind the head, chunk sizes included. */
  readonly wire: string;
  /** HTTP chunks undone; of a cut answer what was whole of them. */
  readonly body: Buffer;
}

const unchunk = (wire: Buffer): Buffer => {
  const parts: Buffer[] = [];
  for (let at = 0; at < wire.length;) {
    const lineEnd = wire.indexOf("\r\n", at);
    const size = lineEnd === -1 ? 0 : Number.parseInt(wire.toString("latin1", at, lineEnd), 16);
    if (size === 0) break;
    parts.push(wire.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return Buffer.concat(parts);
};

/**
 * A client below HTTP: it sends bytes as they are and tells how the connection ended, which no
 * HTTP client does. For tests of faults.
 */
export class RawConnection {
  readonly #socket: Socket;
  readonly #parts: Buffer[] = [];
  #length = 0;
  #end: "fin" | "rst" | "open" = "open";

  constructor(port: number) {
    this.#socket = connect(port, "127.0.0.1");
    this.#socket.on("data", (part: Buffer) => {
      this.#parts.push(part);
      this.#length += part.length;
    });
    this.#socket.on("end", () => (this.#end = "fin"));
    this.#socket.on("error", () => (this.#end = "rst"));
  }

  /** How the other side ended the connection; "open" while it did not. */
  get end(): "fin" | "rst" | "open" {
    return this.#end;
  }

  /** Bytes received since the last `take`. */
  get length(): number {
    return this.#length;
  }

  send(bytes: string): void {
    this.#socket.write(bytes);
  }

  /** What was received since the last call, read as one answer. */
  take(): RawAnswer {
    const all = Buffer.concat(this.#parts.splice(0));
    this.#length = 0;
    const split = all.indexOf("\r\n\r\n");
    const head = split === -1 ? "" : all.toString("latin1", 0, split);
    const wire = split === -1 ? all : all.subarray(split + 4);
    const isChunked = /^transfer-encoding: chunked/im.test(head);
    return { head, wire: wire.toString(), body: isChunked ? unchunk(wire) : wire };
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
