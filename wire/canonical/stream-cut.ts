/** Where a stream that passes is to end at our word (MON-7). */
export interface StreamCut {
  /** The frame of content that is not passed on any more. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** How many answers were asked for: each of them ends. */
  readonly choices: number;
  /** What the answer counts as, where the dialect cannot end without a count. */
  readonly outputTokens: number;
}
