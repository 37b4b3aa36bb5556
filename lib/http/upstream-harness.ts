import type { Failure } from "../failure/failure.ts";
import type { CheckedHarness, HarnessCheck } from "./checked-harness.ts";
import type {
  Upstream,
  UpstreamCall,
  UpstreamFailureCode,
  UpstreamHandler,
  UpstreamHeaders,
  UpstreamRequest,
} from "./upstream.ts";

/** The provider's side of one call. */
export interface PeerCall {
  readonly method: string;
  readonly path: string;
  header(lowerCaseName: string): string | undefined;
  readonly body: Buffer;
  /** The head of an answer whose length is not announced. */
  head(status: number, headers: readonly string[]): void;
  bytes(bytes: Buffer): void;
  end(): void;
  /** Ends the connection where it is. */
  cut(): void;
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>;
}

/** An upstream under test and the provider behind it. */
export interface UpstreamHarness extends CheckedHarness {
  readonly upstream: Upstream;
  readonly origin: string;
  /** Nobody listens there. */
  readonly refusingOrigin: string;
  /** The next call that reaches the provider, with its whole body. */
  peer(): Promise<PeerCall>;
}

export type UpstreamCheck = HarnessCheck<UpstreamHarness>;

/** Records what a call tells its handler. */
export class RecordingHandler implements UpstreamHandler {
  readonly events: string[] = [];
  readonly chunks: Buffer[] = [];
  status = 0;
  headers: UpstreamHeaders = {};
  failure: Failure<UpstreamFailureCode> | null = null;
  readonly headed = Promise.withResolvers<void>();
  /** "end" or the code of the failure. */
  readonly over = Promise.withResolvers<string>();
  readonly #awaited: { bytes: number; resolve: () => void }[] = [];

  receivedBytes = 0;

  get received(): Buffer {
    return Buffer.concat(this.chunks);
  }

  onHead(status: number, headers: UpstreamHeaders): void {
    this.events.push("head");
    this.status = status;
    this.headers = headers;
    this.headed.resolve();
  }

  onBytes(bytes: Buffer): void {
    if (this.events.at(-1) !== "bytes") this.events.push("bytes");
    this.chunks.push(bytes);
    this.receivedBytes += bytes.length;
    for (const { bytes: wanted, resolve } of this.#awaited) {
      if (this.receivedBytes >= wanted) resolve();
    }
  }

  onEnd(): void {
    this.events.push("end");
    this.over.resolve("end");
  }

  onFailure(failure: Failure<UpstreamFailureCode>): void {
    this.events.push("failure");
    this.failure = failure;
    this.over.resolve(failure.code);
  }

  receive(bytes: number): Promise<void> {
    return new Promise((resolve) => {
      this.#awaited.push({ bytes, resolve });
      if (this.receivedBytes >= bytes) resolve();
    });
  }
}

/** A small POST. */
export const upstreamPost = (origin: string, path = "/"): UpstreamRequest => ({
  origin,
  method: "POST",
  path,
  headers: ["content-type", "text/plain"],
  body: Buffer.from("question"),
});

/** A call seen from both sides. */
export interface CallPair {
  readonly call: UpstreamCall;
  readonly handler: RecordingHandler;
  readonly peer: PeerCall;
}

/** A call that has reached the provider. */
export const callPeer = async (harness: UpstreamHarness, path = "/"): Promise<CallPair> => {
  const handler = new RecordingHandler();
  const arriving = harness.peer();
  const call = harness.upstream.dispatch(upstreamPost(harness.origin, path), handler);
  return { call, handler, peer: await harness.until(arriving) };
};
