import type { RequestHead } from "../exchange.ts";
import type { RefusalAnswer } from "../refusal.ts";
import type { WebSocketSession } from "./websocket-session.ts";

export interface SessionTerms {
  /** The subprotocol that is spoken; a client that offers others only is refused. */
  readonly subprotocol: string;
  /** The longest message that is taken; a longer one closes the session with 1009. */
  readonly messageBytes: number;
  /** What may come in all before the client has proven who it is. */
  readonly strangersBytes: number;
}

/** A request to speak WebSocket on its connection from now on. Answered once. */
export interface Upgrade {
  readonly head: RequestHead;
  refuse(answer: RefusalAnswer): void;
  /** Null when the client went away meanwhile, or its handshake is none. */
  accept(terms: SessionTerms): WebSocketSession | null;
}
