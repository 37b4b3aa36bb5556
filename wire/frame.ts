/** Takes the frames of a stream, each a range of a buffer that may be kept. */
export interface FrameSink {
  frame(bytes: Buffer, start: number, end: number): void;
}

/** Cuts a byte stream of any slicing into frames. */
export interface Framer {
  /** False once a frame is too large or its framing broken: nothing more is read. */
  push(chunk: Buffer, sink: FrameSink): boolean;
  /** The stream is over: hands out what is left of it, if its framing allows that. */
  end(sink: FrameSink): void;
}
