import { connect, type Socket } from "node:net";
import { clientFrame, sessionOpening } from "../../tests/harness/session-frames.ts";
import type { HeldStreams, HoldTally } from "./hold-tally.ts";

const pong = clientFrame({ type: "pong" });

export interface HeldSessionsParts {
  readonly port: number;
  readonly key: string;
  readonly sessions: number;
  /** Of each session; 0: it stays idle. */
  readonly streams: number;
  readonly request: object;
}

/** Streams over sessions, several for each of them. */
export class HeldSessions implements HeldStreams {
  readonly count: number;
  /** That know who they are. */
  authenticated = 0;
  readonly #opening: Buffer;
  readonly #port: number;
  readonly #tally: HoldTally;
  readonly #sockets: Socket[] = [];
  #isClosing = false;

  constructor({ port, key, sessions, streams, request }: HeldSessionsParts, tally: HoldTally) {
    this.count = sessions;
    this.#port = port;
    this.#tally = tally;
    const starts = Array.from({ length: streams }, (_, n) => ({
      type: "start",
      id: `${n}`,
      request,
    }));
    this.#opening = sessionOpening(key, starts);
  }

  open(): void {
    const socket = connect({ port: this.#port, host: "127.0.0.1", noDelay: true });
    this.#sockets.push(socket);
    const started = new Set<string>();
    let rest: Buffer = Buffer.alloc(0);
    let isOpen = false;
    socket.on("data", (bytes: Buffer) => {
      rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      if (!isOpen) {
        const end = rest.indexOf("\r\n\r\n");
        if (end === -1) return;
        isOpen = true;
        rest = rest.subarray(end + 4);
      }
      for (let next = textOf(rest); next !== null; next = textOf(rest)) {
        rest = rest.subarray(next.end);
        this.#heard(next.text, socket, started);
      }
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      if (!this.#isClosing) this.#tally.failed("a session was closed");
    });
    socket.write(this.#opening);
  }

  close(): void {
    this.#isClosing = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  #heard(text: string, socket: Socket, started: Set<string>): void {
    // The gateway's own words.
    const frame = JSON.parse(text) as { type: string; response?: string; [more: string]: unknown };
    const { type, response = "" } = frame;
    if (type === "authenticated") this.authenticated += 1;
    else if (type === "ping") socket.write(pong);
    else if (type === "event" && !started.has(response)) {
      started.add(response);
      this.#tally.begun();
    } else if (type === "done") this.#tally.ended(`seq ${String(frame["seq"])}`);
    else if (type === "error") this.#tally.failed(String(frame["code"]));
  }
}

/** A frame of text as servers send it; null where it is not whole yet. */
function textOf(bytes: Buffer): { readonly text: string; readonly end: number } | null {
  if (bytes.length < 2) return null;
  const short = bytes.readUInt8(1);
  const isLong = short === 126;
  if (isLong && bytes.length < 4) return null;
  const start = isLong ? 4 : 2;
  const end = start + (isLong ? bytes.readUInt16BE(2) : short);
  if (bytes.length < end) return null;
  return { text: bytes.toString("utf8", start, end), end };
}
