/** A connection that was only tried: what came of it is told once, never before `dial` returned. */
export interface Dial {
  /** Gives it up at once; nothing is told any more. */
  abort(): void;
}

export interface DialTask {
  /** Scheme, host and port; `https:` ends with a handshake. */
  readonly origin: string;
  readonly timeoutMs: number;
  /** Can connections be made there? */
  readonly over: (isReachable: boolean) => void;
}

/** Asks whether somebody listens, without saying anything to them. */
export interface Dialer {
  dial(task: DialTask): Dial;
}
