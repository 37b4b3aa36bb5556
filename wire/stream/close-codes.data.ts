/** Why a session of `sekisho.v1` is closed, by the code of its close frame (STR-11). */
export const closeCodes = {
  normal: 1000,
  /** The server is about to stop: come back to another one. */
  goingAway: 1001,
  /** A binary frame. */
  unsupported: 1003,
  tooBig: 1009,
  /** The client does not read what it is sent. */
  slowReader: 1013,
  badFrame: 4400,
  /** No proof of who it is in time, or one that counts no longer. */
  unauthenticated: 4401,
  forbidden: 4403,
  /** The client named two requests alike. */
  conflict: 4409,
  tooMany: 4429,
} as const;
