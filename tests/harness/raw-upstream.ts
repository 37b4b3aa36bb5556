import { createServer, type Server, type Socket } from "node:net";

/** A provider below HTTP: what it sends need not be an answer. */
export class RawUpstream implements AsyncDisposable {
  readonly url: string;
  /** Called with the connection once the head of a request is there. */
  answer: (socket: Socket) => void = (socket) => socket.destroy();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
    server.on("connection", (socket) => this.#serve(socket));
  }

  static async start(): Promise<RawUpstream> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("No port was bound");
    return new RawUpstream(server, `http://127.0.0.1:${address.port}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {}); // a gateway that hangs up is what is tested
    socket.once("close", () => this.#sockets.delete(socket));
    let head = "";
    const listen = (bytes: Buffer): void => {
      head += bytes.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      socket.off("data", listen);
      socket.resume();
      this.answer(socket);
    };
    socket.on("data", listen);
  }
}
