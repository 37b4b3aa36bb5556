import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { connect as connectH2 } from "node:http2";
import { get as getTls } from "node:https";
import { connect, createServer, type Socket } from "node:net";

export interface SlowRequest {
  readonly port: number;
  readonly protocol: "h1" | "h2";
  /** Null for cleartext. */
  readonly ca: string | null;
}

const windowBytes = 64 * 1_048_576;

/**
 * Asks for one answer over a hop that can stop taking bytes from the server. A client of HTTP/2
 * opens its windows wide, so that only the connection itself holds the server back.
 */
export class SlowClient {
  readonly outcome: Promise<"whole" | "cut">;
  bytes = 0;
  readonly #hop: Hop;
  readonly #leave: () => void;

  private constructor(hop: Hop, { protocol, ca }: SlowRequest) {
    this.#hop = hop;
    const { promise, resolve } = Promise.withResolvers<"whole" | "cut">();
    this.outcome = promise;
    this.#leave =
      protocol === "h1" ? this.#askH1(hop.port, ca, resolve) : this.#askH2(hop.port, ca, resolve);
  }

  static async open(request: SlowRequest): Promise<SlowClient> {
    return new SlowClient(await Hop.open(request.port), request);
  }

  /** Takes nothing from the server from now on; what it has sent already stays in the kernel. */
  stopReading(): void {
    void this.#hop.take(0);
  }

  readOn(): void {
    void this.#hop.take(Infinity);
  }

  /** Takes about that many bytes more from the server, however fast they come, then stops. */
  read(bytes: number): Promise<void> {
    return this.#hop.take(bytes);
  }

  [Symbol.dispose](): void {
    this.#leave();
    this.#hop.close();
  }

  #askH1(port: number, ca: string | null, over: (outcome: "whole" | "cut") => void): () => void {
    const answered = (answer: IncomingMessage): void => {
      answer.on("data", (bytes: Buffer) => (this.bytes += bytes.length));
      answer.on("error", () => {});
      answer.on("close", () => over(answer.complete ? "whole" : "cut"));
    };
    const host = "127.0.0.1";
    const request =
      ca === null
        ? get({ host, port, agent: false }, answered)
        : getTls({ host, port, agent: false, ca, servername: "localhost" }, answered);
    request.on("error", () => over("cut"));
    return () => request.destroy();
  }

  #askH2(port: number, ca: string | null, over: (outcome: "whole" | "cut") => void): () => void {
    const settings = { initialWindowSize: windowBytes };
    const session =
      ca === null
        ? connectH2(`http://127.0.0.1:${port}`, { settings })
        : connectH2(`https://localhost:${port}`, { settings, ca, host: "127.0.0.1" });
    session.on("error", () => {});
    session.once("connect", () => session.setLocalWindowSize(windowBytes));
    // The server must know of the windows before it answers.
    session.once("localSettings", () => {
      const stream = session.request({ ":method": "POST" });
      stream.on("data", (bytes: Buffer) => (this.bytes += bytes.length));
      stream.on("error", () => {});
      let isWhole = false;
      stream.on("end", () => (isWhole = true));
      stream.on("close", () => over(isWhole && stream.rstCode === 0 ? "whole" : "cut"));
      stream.end("question");
    });
    return () => session.destroy();
  }
}

/** Between one client and the server. */
class Hop {
  readonly #server = createServer((client) => this.#join(client));
  readonly #serverPort: number;
  #toServer: Socket | null = null;
  #allowedBytes = Infinity;
  #taken: (() => void) | null = null;

  private constructor(serverPort: number) {
    this.#serverPort = serverPort;
  }

  static async open(serverPort: number): Promise<Hop> {
    const hop = new Hop(serverPort);
    hop.#server.listen(0, "127.0.0.1");
    await once(hop.#server, "listening");
    return hop;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new TypeError("no port");
    return address.port;
  }

  /** Resolves when that many bytes came; after that nothing is read. */
  take(bytes: number): Promise<void> {
    this.#allowedBytes = bytes;
    if (bytes > 0) this.#toServer?.resume();
    else this.#toServer?.pause();
    return new Promise((resolve) => {
      this.#taken = resolve;
    });
  }

  close(): void {
    this.#server.close();
    this.#toServer?.destroy();
  }

  #join(client: Socket): void {
    const toServer = connect(this.#serverPort, "127.0.0.1");
    this.#toServer = toServer;
    client.on("data", (bytes) => toServer.write(bytes)).on("error", () => {});
    toServer.on("data", (bytes) => this.#pass(bytes, client)).on("error", () => {});
    toServer.on("end", () => client.end()).on("close", () => client.destroySoon());
    client.on("close", () => toServer.destroy());
  }

  #pass(bytes: string | Buffer, client: Socket): void {
    client.write(bytes);
    this.#allowedBytes -= Buffer.byteLength(bytes);
    if (this.#allowedBytes > 0) return;
    this.#toServer?.pause();
    this.#taken?.();
  }
}
