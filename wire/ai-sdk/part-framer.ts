import type { Framer, FrameSink } from "../frame.ts";

/** A part longer than this is a defect of its package. */
const maxPartBytes = 1_048_576;

/** Parts come one by one and whole: each piece of the stream is a frame. */
export class PartFramer implements Framer {
  push(chunk: Buffer, sink: FrameSink): boolean {
    if (chunk.length > maxPartBytes) return false;
    sink.frame(chunk, 0, chunk.length);
    return true;
  }

  end(): void {}
}
