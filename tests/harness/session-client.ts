import type { ServerFrame } from "@sekisho/wire/stream/server-frame.ts";
import { subprotocol } from "@sekisho/wire/stream/server-frame.ts";

/** A client of sessions without manners: it says what it is told. */
export class SessionClient implements Disposable {
  readonly socket: WebSocket;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly frames: ServerFrame[] = [];
  readonly sizes: number[] = [];
  /** It answers no ping. */
  isMute = false;
  #wanted: (() => void)[] = [];
  #read = 0;

  constructor(url: string, query = "", headers: Readonly<Record<string, string>> = {}) {
    const init = { protocols: [subprotocol], headers };
    this.socket = new WebSocket(`${url.replace("http", "ws")}/v1/stream${query}`, init);
    const { promise, resolve } = Promise.withResolvers<{ code: number; reason: string }>();
    this.closed = promise;
    this.socket.addEventListener("close", ({ code, reason }) => {
      resolve({ code, reason });
      this.#wake();
    });
    this.socket.addEventListener("message", ({ data }) => {
      const text = String(data);
      this.sizes.push(Buffer.byteLength(text));
      // The server's own words.
      const frame = JSON.parse(text) as ServerFrame;
      this.frames.push(frame);
      if (frame.type === "ping" && !this.isMute) this.say({ type: "pong" });
      this.#wake();
    });
  }

  opened(): Promise<void> {
    if (this.socket.readyState === WebSocket.OPEN) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.socket.addEventListener("open", () => resolve());
      this.socket.addEventListener("error", () => reject(new Error("no session")));
    });
  }

  say(frame: object): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** The next frame of that type that was not read yet; those before it are passed over. */
  async next<T extends ServerFrame["type"]>(type: T): Promise<Extract<ServerFrame, { type: T }>> {
    for (;;) {
      const frame = this.frames[this.#read];
      if (frame === undefined) {
        if (this.socket.readyState === WebSocket.CLOSED) {
          const { code, reason } = await this.closed;
          throw new Error(`closed before ${type}: ${code} ${reason}`);
        }
        await new Promise<void>((resolve) => this.#wanted.push(resolve));
        continue;
      }
      this.#read += 1;
      // Narrowed by its type.
      if (frame.type === type) return frame as Extract<ServerFrame, { type: T }>;
    }
  }

  /** What the events of a response say, so far. */
  textOf(response: string): string {
    return this.frames
      .map((frame) =>
        frame.type === "event" && frame.response === response && frame.event.type === "text"
          ? frame.event.text
          : "",
      )
      .join("");
  }

  [Symbol.dispose](): void {
    this.socket.close();
  }

  #wake(): void {
    const wanted = this.#wanted;
    this.#wanted = [];
    for (const resolve of wanted) resolve();
  }
}
