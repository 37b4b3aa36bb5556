/** Randomness as a port: `system-random.ts` is for production, `seeded-random.ts` replays. */
export interface Random {
  /** A float in [0, 1). */
  float(): number;
  /** An integer in [0, 2^32). */
  uint32(): number;
  /** Fresh bytes. The production adapter's are cryptographically strong. */
  bytes(length: number): Buffer;
}
