import type { CallFacts, Dialect } from "../dialect.ts";
import type { ErrorFault, FaultName } from "../faults.data.ts";
import type { Reply } from "../reply.ts";
import type { Data, Frames } from "../script.ts";

/** An answer as a stream, written once but for what differs from call to call. */
export interface StreamedAnswer {
  readonly dialect: Dialect;
  readonly reply: Reply;
  readonly contentType: string;
  /** The frames of one call. `fault` is for what stands in them, as usage does. */
  begin(facts: CallFacts, fault: FaultName | null): CallFrames;
}

/** One event of a stream as it goes over the wire, and the tokens it brings. */
export interface EventPiece {
  readonly data: Data;
  readonly tokens: number;
}

/** What one call's stream is made of. */
export interface CallFrames {
  /** Every event from the first to the last. */
  events(): readonly EventPiece[];
  /** What stands before the content. */
  readonly opening: Data;
  /** How many frames bring the content. */
  readonly count: number;
  /** How many of them bring the first `tokens` tokens. */
  framesFor(tokens: number): number;
  /** The content frames [from, to). */
  content(from: number, to: number): Frames;
  /** The content again and again. */
  endless(): Frames;
  /** What stands behind the content, up to the end. */
  closing(): Data;
  /** Everything, for a single write. */
  whole(): Data;
  error(name: ErrorFault): Data;
  /** A frame whose JSON is broken. */
  broken(): Data;
  /** `closing` without what says that the answer is complete. */
  unterminated(): Data;
  /** A frame that is wrong below its JSON; null where frames have nothing to be wrong there. */
  corrupt(how: Corruption): Data | null;
  /** The beginning of the last frames: it stops inside of one. */
  truncated(): Data;
  /** The whole stream in a legal but odd framing. */
  odd(): Data;
  /** One frame with a text of so many bytes. */
  huge(bytes: number): HugeFrame;
}

/** A wrong checksum, or a length that nobody can keep. */
export type Corruption = "bad-crc" | "huge-length";

/** A frame that is too long to be held: what stands around so many times `fill`. */
export interface HugeFrame {
  readonly before: Data;
  readonly fill: Buffer;
  readonly times: number;
  readonly after: Data;
}

/** The piece of which the text of a huge frame is made: 64 KiB and a bit, a multiple of 3. */
export const hugeFill = (bytes: number): { readonly fill: Buffer; readonly times: number } => {
  const fill = Buffer.alloc(Math.min(Math.ceil(bytes / 3) * 3, hugeFillBytes), "a");
  return { fill, times: Math.ceil(bytes / fill.length) };
};

const hugeFillBytes = 65_538;
