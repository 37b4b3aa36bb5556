import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** A request as its bytes arrived. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  /** Flat: name, value, name, value. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

export type Answering = (response: ServerResponse, request: SeenRequest) => void;

/** A provider that answers what the test says, byte for byte, and remembers what it was asked. */
export class ScriptedUpstream implements AsyncDisposable {
  readonly url: string;
  readonly seen: SeenRequest[] = [];
  /** How the next requests are answered. */
  answer: Answering = (response) => response.destroy();
  readonly #server: Server;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
    server.on("request", (request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<ScriptedUpstream> {
    const server = createServer({ maxHeaderSize: 1_048_576, noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("No port was bound");
    return new ScriptedUpstream(server, `http://127.0.0.1:${address.port}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on("error", () => {}); // a gateway that leaves is part of many tests
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return; // it left before its body was whole
    }
    const { method = "", url = "", rawHeaders } = request;
    const seen = { method, path: url, rawHeaders, body: Buffer.concat(chunks) };
    this.seen.push(seen);
    this.answer(response, seen);
  }
}
