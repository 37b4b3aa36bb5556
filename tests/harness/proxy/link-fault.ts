/** What one direction of a proxied connection does to the bytes that it carries. */
export interface LaneFault {
  /** Each read is held back for so long. */
  readonly latencyMs?: number;
  /** And for up to so much longer, drawn from the proxy's seed. Bytes never overtake each other. */
  readonly jitterMs?: number;
  readonly bytesPerSecond?: number;
  /** Every write has at most so many bytes, and a turn of the event loop to itself. */
  readonly sliceBytes?: number;
  /** How long the end of the sender is kept from the receiver. */
  readonly endDelayMs?: number;
  readonly stop?: LaneStop;
}

/** Where a direction ends on its own account. Bytes count from the start of the connection. */
export interface LaneStop {
  readonly afterBytes: number;
  /**
   * `reset`: RST to both sides. `end`: FIN to the receiver; what the sender still sends is read and
   * thrown away, and the other direction goes on. `silence`: the same without the FIN.
   */
  readonly by: "reset" | "end" | "silence";
  /** So long after the last byte was passed on: a reset may overtake what was not read yet. */
  readonly afterMs?: number;
}

/** What a proxied connection meets. What is left out is as if there were no proxy. */
export interface LinkFault {
  /**
   * `forward` unless told otherwise. `reset` and `end`: RST or FIN at once. `ignore`: what it says
   * is thrown away, and it is told nothing. `hold`: it is not read until the proxy lets it go.
   */
  readonly accept?: "forward" | "reset" | "end" | "ignore" | "hold";
  readonly toServer?: LaneFault;
  readonly toClient?: LaneFault;
}

export const noFault: LinkFault = {};
