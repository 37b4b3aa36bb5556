import { IncomingMessage } from "node:http";

/** Who is handed a body as it arrives. */
export interface BodyTaker {
  bodyChunk(chunk: Buffer): void;
  bodyEnd(): void;
}

/**
 * A request of `node:http` whose body can pass by the stream that a request is: most bodies come
 * with their head, and a stream hands them over two turns of its queues later, 1 us dearer.
 */
export class BodyMessage extends IncomingMessage {
  #taker: BodyTaker | null = null;
  #isOver = false;

  /** Hands the body over, from its first byte on, however it comes. Once. */
  feed(taker: BodyTaker): void {
    if (this.readableLength > 0 || this.complete) {
      this.on("data", (chunk: Buffer) => taker.bodyChunk(chunk));
      this.on("end", () => taker.bodyEnd());
      return;
    }
    this.#taker = taker;
    // Says that somebody reads: node:http throws away what nobody has asked for.
    this.read(0);
  }

  /** What the parser calls. It stops reading where the answer is false. */
  override push(chunk: Buffer | null): boolean {
    const taker = this.#taker;
    if (taker === null) return super.push(chunk);
    if (chunk === null) {
      this.#isOver = true;
      taker.bodyEnd();
      return false;
    }
    taker.bodyChunk(chunk);
    return true;
  }

  static {
    // node:http keeps a request until its stream has ended. Types have the getter as a property.
    Object.defineProperty(BodyMessage.prototype, "readableEnded", {
      get(this: BodyMessage): unknown {
        return this.#isOver || Reflect.get(IncomingMessage.prototype, "readableEnded", this);
      },
    });
  }
}
