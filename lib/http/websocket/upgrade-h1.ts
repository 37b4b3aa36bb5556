import { STATUS_CODES, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { WebSocketServer } from "ws";
import type { ExchangeContext } from "../exchange/exchange-context.ts";
import type { WireHead } from "../exchange/wire-head.ts";
import type { RefusalAnswer } from "../refusal.ts";
import type { SessionTerms, Upgrade } from "./upgrade.ts";
import { WsSession, type WebSocketSession } from "./websocket-session.ts";

export interface UpgradeParts {
  readonly head: WireHead;
  readonly request: IncomingMessage;
  readonly socket: Socket;
  /** What came behind the head. */
  readonly rest: Buffer;
  readonly context: ExchangeContext;
  readonly trust: () => void;
}

const websocketToken = /(?:^|,)\s*websocket\s*(?:,|$)/i;

/** Others ask for HTTP/2, which is answered as if they had not asked. */
export const asksForWebSocket = ({ method, headers }: IncomingMessage): boolean =>
  method === "GET" && websocketToken.test(headers.upgrade ?? "");

/** An upgrade of HTTP/1.1; `ws` does the handshake. */
export class UpgradeH1 implements Upgrade {
  readonly head: WireHead;
  readonly #parts: UpgradeParts;

  constructor(parts: UpgradeParts) {
    this.head = parts.head;
    this.#parts = parts;
  }

  refuse({ status, headers, body }: RefusalAnswer): void {
    const { socket } = this.#parts;
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n`;
    for (let n = 0; n < headers.length; n += 2) head += `${headers[n]}: ${headers[n + 1]}\r\n`;
    head += `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n`;
    socket.end(head + body);
  }

  accept({ subprotocol, messageBytes, strangersBytes }: SessionTerms): WebSocketSession | null {
    const { request, socket, rest, context, head, trust } = this.#parts;
    const server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // It costs 300 KiB a connection, and mixes secrets with what others say.
      perMessageDeflate: false,
      maxPayload: messageBytes,
      handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
    });
    let session: WebSocketSession | null = null;
    // It answers at once, and by itself where the handshake is none.
    server.handleUpgrade(request, socket, rest, (ws) => {
      session = new WsSession(ws, {
        head: head.ofSession(),
        socket,
        context,
        trust,
        strangersBytes,
      });
    });
    return session;
  }
}
