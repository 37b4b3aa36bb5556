import { Connection, type ConnectionOwner } from "../connection.ts";
import type { HeldStreams, HoldTally } from "./hold-tally.ts";

/** Streams of server-sent events, one for each connection. */
export class HeldSse implements HeldStreams, ConnectionOwner {
  readonly #request: Buffer;
  readonly #tally: HoldTally;
  readonly #connections: readonly Connection[];

  constructor(
    parts: { readonly port: number; readonly request: Buffer; readonly count: number },
    tally: HoldTally,
  ) {
    this.#request = parts.request;
    this.#tally = tally;
    this.#connections = Array.from({ length: parts.count }, () => new Connection(parts.port, this));
  }

  get count(): number {
    return this.#connections.length;
  }

  open(index: number): void {
    this.#connections[index]?.open();
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  ready(connection: Connection): void {
    if (connection.dueAt === 0) connection.send(this.#request, performance.now());
  }

  progress(connection: Connection): void {
    const isFirst = connection.lastEventAt === 0;
    connection.lastEventAt = performance.now();
    if (isFirst) this.#tally.begun();
  }

  answered({ answer: { status, events } }: Connection): void {
    if (status === 200) this.#tally.ended(`${events} events`);
    else this.#tally.failed(`status ${status}`);
  }

  failed(_: Connection, kind: string, detail: string): void {
    this.#tally.failed(`${kind}: ${detail}`);
  }

  closedIdle(): void {}
}
