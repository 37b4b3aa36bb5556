/** A connection as the client needs it: the `WebSocket` of browsers and of Node. */
export interface Socket {
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

/** What a connection tells; nothing after `closed`. */
export interface SocketObserver {
  opened(): void;
  text(text: string): void;
  closed(code: number, reason: string): void;
}

/** What surrounds the client: a page, a program, or a test. */
export interface Host {
  nowMs(): number;
  /** Runs once; the returned function cancels it. */
  after(delayMs: number, run: () => void): () => void;
  /** At least 0, less than 1. */
  random(): number;
  /** False where the machine knows that it reaches nobody. */
  isOnline(): boolean;
  dial(url: string, subprotocol: string, observer: SocketObserver): Socket;
  /**
   * Tells when it may be worth to try again at once: the page is seen again, the machine is online
   * again. The returned function ends it.
   */
  onWake(run: () => void): () => void;
}
