import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import type { Upgrade } from "@sekisho/lib/http/websocket/upgrade.ts";
import { messagesClient } from "@sekisho/wire/anthropic/codec.ts";
import { subprotocol } from "@sekisho/wire/stream/server-frame.ts";
import { StreamSession, type SessionPorts } from "../stream-sessions/stream-session.ts";

/** A message of a client's: a request with its documents and pictures. */
const messageBytesLimit = 8 * 1_048_576;
/** Room for a first frame that proves who it is. */
const strangersBytesLimit = 16 * 1_024;
/** STR-8: more sessions than this are refused. */
const sessionsLimit = 20_000;

/** `GET /v1/stream`: sessions over WebSocket, for every model (STR-10, STR-11). */
export class StreamSessions {
  readonly #ports: SessionPorts;
  readonly #open = new Set<StreamSession>();
  #isDraining = false;

  constructor(ports: Omit<SessionPorts, "left">) {
    this.#ports = { ...ports, left: (gone) => this.#open.delete(gone) };
  }

  get open(): number {
    return this.#open.size;
  }

  /** False where there is no room for another one. */
  take(upgrade: Upgrade): boolean {
    if (this.#isDraining || this.#open.size >= sessionsLimit) return false;
    const session = upgrade.accept({
      subprotocol,
      messageBytes: messageBytesLimit,
      strangersBytes: strangersBytesLimit,
    });
    if (session === null) return true;
    const opened = new StreamSession(session, tokenIn(upgrade.head), this.#ports);
    if (!session.isClosed) this.#open.add(opened);
    return true;
  }

  /** Every session is told to come back elsewhere. */
  drain(): void {
    this.#isDraining = true;
    for (const session of this.#open) session.drain();
  }
}

/**
 * The key as programs send it in a header, and browsers in the query; null where it is to come in
 * the first frame. One that is wrong closes the session: browsers see no other answer.
 */
function tokenIn(head: RequestHead): string | null {
  const inQuery = new URLSearchParams(head.query).get("token");
  const hasHeader =
    head.header("authorization") !== undefined || head.header("x-api-key") !== undefined;
  if (!hasHeader) return inQuery;
  const read = messagesClient.readCredential((name) => head.header(name));
  const inHeader = read.ok ? read.value : "";
  // Two that differ open nothing: somebody between would have to choose (SEC-5).
  return inQuery === null || inQuery === inHeader ? inHeader : "";
}
