/** What of the package `ws` is used here; it ships no declarations. */
declare module "ws" {
  import type { EventEmitter } from "node:events";
  import type { IncomingMessage } from "node:http";
  import type { Socket } from "node:net";

  export interface WebSocket extends EventEmitter {
    readonly readyState: number;
    readonly bufferedAmount: number;
    send(data: string | Uint8Array, options: { readonly binary: boolean }): void;
    close(code: number, reason: Uint8Array): void;
    terminate(): void;
  }

  export interface ServerOptions {
    readonly noServer: true;
    readonly clientTracking: false;
    readonly perMessageDeflate: false;
    readonly maxPayload: number;
    readonly handleProtocols: (offered: Set<string>) => string | false;
  }

  export class WebSocketServer {
    constructor(options: ServerOptions);
    // oxlint-disable-next-line max-params -- the package has it so
    handleUpgrade(
      request: IncomingMessage,
      socket: Socket,
      head: Buffer,
      opened: (socket: WebSocket) => void,
    ): void;
  }
}
