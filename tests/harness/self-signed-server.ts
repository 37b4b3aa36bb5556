import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:tls";

const read = (name: string): string =>
  readFileSync(new URL(`../../lib/http/fixtures/${name}`, import.meta.url), "utf8");

/** A server whose certificate nobody has reason to trust. */
export class SelfSignedServer implements AsyncDisposable {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `https://127.0.0.1:${port}`;
  }

  static async start(): Promise<SelfSignedServer> {
    const files = { cert: read("localhost.cert.pem"), key: read("localhost.key.pem") };
    const server = createServer(files, (socket) => socket.destroy());
    // Its clients hang up in the midst of the handshake.
    server.on("tlsClientError", () => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("No port was bound");
    return new SelfSignedServer(server, address.port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
