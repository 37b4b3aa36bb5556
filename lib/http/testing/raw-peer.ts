import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { PeerCall } from "../upstream-harness.ts";

/** A provider that writes what it is told to, HTTP or not, on a bare socket. */
export class RawPeer {
  readonly server: Server;
  origin = "";
  readonly sockets: Socket[] = [];
  readonly #arrived: RawPeerCall[] = [];
  readonly #wanted: ((call: RawPeerCall) => void)[] = [];

  private constructor() {
    this.server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  static async listen(): Promise<RawPeer> {
    const peer = new RawPeer();
    await new Promise<void>((resolve) => peer.server.listen(0, "127.0.0.1", resolve));
    // A server that listens on TCP has an address of this form.
    const { port } = peer.server.address() as AddressInfo;
    peer.origin = `http://127.0.0.1:${port}`;
    return peer;
  }

  next(): Promise<RawPeerCall> {
    const arrived = this.#arrived.shift();
    if (arrived !== undefined) return Promise.resolve(arrived);
    return new Promise((resolve) => this.#wanted.push(resolve));
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    this.sockets.push(socket);
    socket.on("error", () => {});
    let rest: Buffer = Buffer.alloc(0);
    socket.on("data", (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes]);
      const call = RawPeerCall.parse(rest, socket);
      if (call === null) return;
      rest = rest.subarray(call.length);
      const take = this.#wanted.shift();
      if (take === undefined) this.#arrived.push(call);
      else take(call);
    });
  }
}

/** One request as it came in, and the socket to answer on. */
export class RawPeerCall implements PeerCall {
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
  readonly socket: Socket;
  readonly closed: Promise<void>;
  /** Of the whole message. */
  readonly length: number;
  readonly #headers: ReadonlyMap<string, string>;
  #hasBody = true;

  private constructor(head: string, body: Buffer, socket: Socket) {
    const [requestLine = "", ...lines] = head.split("\r\n");
    const [method = "", path = ""] = requestLine.split(" ");
    this.method = method;
    this.path = path;
    this.#headers = new Map(lines.map(headerOf));
    this.body = body;
    this.length = head.length + 4 + body.length;
    this.socket = socket;
    this.closed = new Promise((resolve) => {
      if (socket.destroyed) resolve();
      socket.once("close", () => resolve());
    });
  }

  /** Null while the message is not whole. */
  static parse(bytes: Buffer, socket: Socket): RawPeerCall | null {
    const end = bytes.indexOf("\r\n\r\n");
    if (end === -1) return null;
    const head = bytes.toString("latin1", 0, end);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const body = bytes.subarray(end + 4, end + 4 + length);
    return body.length < length ? null : new RawPeerCall(head, Buffer.from(body), socket);
  }

  header(lowerCaseName: string): string | undefined {
    return this.#headers.get(lowerCaseName);
  }

  head(status: number, headers: readonly string[]): void {
    this.#hasBody = status !== 204;
    let head = `HTTP/1.1 ${status} Status\r\n`;
    for (let n = 0; n < headers.length; n += 2) head += `${headers[n]}: ${headers[n + 1]}\r\n`;
    this.socket.write(`${head}${this.#hasBody ? "transfer-encoding: chunked\r\n" : ""}\r\n`);
  }

  bytes(bytes: Buffer): void {
    this.socket.write(`${bytes.length.toString(16)}\r\n`);
    this.socket.write(bytes);
    this.socket.write("\r\n");
  }

  end(): void {
    if (this.#hasBody) this.socket.write("0\r\n\r\n");
  }

  cut(): void {
    this.socket.destroy();
  }

  /** Anything at all. */
  write(text: string): void {
    this.socket.write(text, "latin1");
  }
}

const headerOf = (line: string): [string, string] => {
  const colon = line.indexOf(":");
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
};
