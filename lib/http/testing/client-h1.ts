import { connect, type Socket } from "node:net";
import type { ClientCall, ClientRequest } from "../exchange-harness.ts";
import { AnswerParser } from "./answer-parser.ts";

/** How a raw client writes a request head; HTTP/1.1 with Host unless the headers say otherwise. */
export const requestHead = (request: ClientRequest): string => {
  const { headers, body } = request;
  let head = `${request.method} ${request.target} HTTP/1.1\r\nhost: localhost\r\n`;
  for (let n = 0; n < headers.length; n += 2) head += `${headers[n]}: ${headers[n + 1]}\r\n`;
  const names = headers.filter((_, n) => n % 2 === 0).map((name) => name.toLowerCase());
  const isFramed = names.includes("content-length") || names.includes("transfer-encoding");
  if (body === null && !isFramed) head += "transfer-encoding: chunked\r\n";
  if (body !== null && body.length > 0 && !isFramed) head += `content-length: ${body.length}\r\n`;
  return `${head}\r\n`;
};

/** One request on a connection of its own, over a bare socket: it sees what is on the wire. */
export class ClientH1 implements ClientCall {
  readonly socket: Socket;
  readonly answer = new AnswerParser();
  readonly closed: Promise<void>;
  readonly #head = Promise.withResolvers<{
    status: number;
    headers: ReadonlyMap<string, string>;
  }>();
  readonly #outcome = Promise.withResolvers<"whole" | "cut">();
  readonly #awaited: { bytes: number; resolve: () => void }[] = [];
  readonly #isChunked: boolean;

  /** `port` of the loopback address; `opening` is written as it is. */
  constructor(port: number, opening: string | Buffer, isChunked = false) {
    this.#isChunked = isChunked;
    this.#head.promise.catch(() => {});
    this.socket = connect({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
    this.closed = new Promise((resolve) => this.socket.once("close", () => resolve()));
    this.socket.on("data", (bytes: Buffer) => this.#push(bytes));
    this.socket.on("end", () => this.#end(this.answer.finish()));
    this.socket.on("error", () => this.#end(this.answer.state === "whole"));
    this.socket.on("close", () => this.#end(this.answer.state === "whole"));
    this.socket.write(opening);
  }

  static request(port: number, request: ClientRequest): ClientH1 {
    const isChunked = request.body === null && !request.headers.includes("content-length");
    const opening = Buffer.concat([
      Buffer.from(requestHead(request), "latin1"),
      request.body ?? Buffer.alloc(0),
    ]);
    return new ClientH1(port, opening, isChunked);
  }

  get head(): Promise<{ status: number; headers: ReadonlyMap<string, string> }> {
    return this.#head.promise;
  }

  get outcome(): Promise<"whole" | "cut"> {
    return this.#outcome.promise;
  }

  get received(): Buffer {
    return this.answer.body;
  }

  send(bytes: Buffer): void {
    if (this.#isChunked) this.socket.write(`${bytes.length.toString(16)}\r\n`);
    this.socket.write(bytes);
    if (this.#isChunked) this.socket.write("\r\n");
  }

  finish(): void {
    if (this.#isChunked) this.socket.write("0\r\n\r\n");
  }

  receive(bytes: number): Promise<void> {
    return new Promise((resolve) => {
      this.#awaited.push({ bytes, resolve });
      this.#tell();
    });
  }

  stopReading(): void {
    this.socket.pause();
  }

  readOn(): void {
    this.socket.resume();
  }

  leave(): void {
    this.socket.destroy();
  }

  #push(bytes: Buffer): void {
    this.answer.push(bytes);
    const { status, headers, state } = this.answer;
    if (state !== "head") this.#head.resolve({ status, headers });
    if (state === "whole") this.#outcome.resolve("whole");
    this.#tell();
  }

  #tell(): void {
    for (const { bytes, resolve } of this.#awaited) if (this.received.length >= bytes) resolve();
  }

  #end(isWhole: boolean): void {
    this.#head.reject(new Error("the connection ended before the head of the answer"));
    this.#outcome.resolve(isWhole ? "whole" : "cut");
    this.socket.end();
  }
}
