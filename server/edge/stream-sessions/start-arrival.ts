import { Buffer } from "node:buffer";
import type { Arrival } from "@sekisho/gateway/arrival.ts";
import type { WebSocketSession } from "@sekisho/lib/http/websocket/websocket-session.ts";
import type { ClientFrame } from "@sekisho/wire/stream/client-frame.ts";
import { criticalityOf, midStreamOf } from "../request-heads/attribution.ts";

export type StartFrame = Extract<ClientFrame, { type: "start" }>;

interface Starting {
  readonly id: string;
  readonly token: string;
  readonly session: WebSocketSession;
  readonly gone: Arrival["gone"];
}

/** The request of a `start` frame as the gateway takes it. */
export const startArrival = (
  frame: StartFrame,
  { id, token, session, gone }: Starting,
): Arrival => ({
  id,
  surface: "stream",
  said: () => ({ surface: "stream", dialect: frame.dialect }),
  credential: token,
  sender: session.head,
  attribution: () => ({ user: frame.user, session: frame.session, agent: frame.agent }),
  timeoutMs: () => frame.timeoutMs,
  criticality: () => criticalityOf(session.head),
  midStream: () => midStreamOf(session.head),
  connection: session.head.connection,
  accepted() {},
  rated() {},
  body: async () => bodyOf(frame),
  isGone: () => session.isClosed,
  gone,
});

/** Everything on a session is a stream, and its usage is told. */
function bodyOf({ dialect, request }: StartFrame): Buffer {
  const usage = dialect === "openai" ? { stream_options: { include_usage: true } } : {};
  return Buffer.from(JSON.stringify({ ...request, ...usage, stream: true }));
}
