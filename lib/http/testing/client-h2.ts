import {
  connect,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from "node:http2";
import type { ClientCall, ClientRequest } from "../exchange-harness.ts";

/** One request on an HTTP/2 connection of its own. */
export class ClientH2 implements ClientCall {
  readonly session: ClientHttp2Session;
  readonly stream: ClientHttp2Stream;
  readonly interim: number[] = [];
  readonly #head = Promise.withResolvers<{
    status: number;
    headers: ReadonlyMap<string, string>;
  }>();
  readonly #outcome = Promise.withResolvers<"whole" | "cut">();
  readonly #awaited: { bytes: number; resolve: () => void }[] = [];
  #received: Buffer = Buffer.alloc(0);
  #sawEnd = false;

  constructor(port: number, request: ClientRequest) {
    this.#head.promise.catch(() => {});
    this.session = connect(`http://127.0.0.1:${port}`);
    this.session.on("error", () => {});
    const endStream = request.body?.length === 0;
    this.stream = this.session.request(headersOf(request), { endStream });
    this.stream.on("error", () => {});
    this.stream.on("headers", (headers) => this.interim.push(headers[":status"] ?? 0));
    this.stream.on("response", (headers) => this.#answered(headers));
    this.stream.on("data", (bytes: Buffer) => this.#push(bytes));
    this.stream.on("end", () => (this.#sawEnd = true));
    this.stream.on("close", () => this.#end());
    if (request.body !== null && !endStream) this.stream.end(request.body);
  }

  get head(): Promise<{ status: number; headers: ReadonlyMap<string, string> }> {
    return this.#head.promise;
  }

  get outcome(): Promise<"whole" | "cut"> {
    return this.#outcome.promise;
  }

  get received(): Buffer {
    return this.#received;
  }

  send(bytes: Buffer): void {
    this.stream.write(bytes);
  }

  finish(): void {
    this.stream.end();
  }

  receive(bytes: number): Promise<void> {
    return new Promise((resolve) => {
      this.#awaited.push({ bytes, resolve });
      this.#tell();
    });
  }

  stopReading(): void {
    this.stream.pause();
  }

  readOn(): void {
    this.stream.resume();
  }

  leave(): void {
    this.session.destroy();
  }

  #answered(headers: IncomingHttpHeaders & IncomingHttpStatusHeader): void {
    const entries = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
    this.#head.resolve({ status: headers[":status"] ?? 0, headers: new Map(entries) });
  }

  #push(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    this.#tell();
  }

  #tell(): void {
    for (const { bytes, resolve } of this.#awaited) if (this.received.length >= bytes) resolve();
  }

  #end(): void {
    this.#head.reject(new Error("the stream ended before the head of the answer"));
    this.#outcome.resolve(this.#sawEnd && this.stream.rstCode === 0 ? "whole" : "cut");
    this.session.close();
  }
}

const headersOf = (request: ClientRequest): Record<string, string | string[]> => {
  const headers: Record<string, string | string[]> = {
    ":method": request.method,
    ":path": request.target,
  };
  for (let n = 0; n < request.headers.length; n += 2) {
    const name = (request.headers[n] ?? "").toLowerCase();
    const value = request.headers[n + 1] ?? "";
    const before = headers[name];
    headers[name] = before === undefined ? value : [before, value].flat();
  }
  return headers;
};
