import type { Producer } from "@sekisho/lib/event-log/event-log.ts";
import type { Failure } from "@sekisho/lib/failure/failure.ts";
import type {
  Upstream,
  UpstreamCall,
  UpstreamFailureCode,
  UpstreamHandler,
  UpstreamHeaders,
  UpstreamRequest,
} from "@sekisho/lib/http/upstream.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { Deadline, type DeadlineOwner, type TimerWheel } from "@sekisho/lib/time/timer-wheel.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { AttemptFailure, AttemptOutcome } from "../attempt.ts";
import type { Until } from "../call.ts";
import type { AttemptInput, AttemptSink, RunningAttempt } from "../provider.ts";
import type { MeasuredUsage } from "../usage.ts";
import { malformed } from "./_faults.ts";

export interface HttpAttemptPorts {
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
}

/** Reads the body of a 2xx answer of one dialect and appends it to the call's log. */
export interface AnswerReader {
  /** Pieces of content appended so far. After the first one the first-token stage is over. */
  readonly contentCount: number;
  /** Tokens of an answer that the provider failed to give, as far as it came. */
  readonly measured: MeasuredUsage;
  /** Tokens of an answer that we end: the provider was at work for it, content or not. */
  readonly measuredIfEnded: MeasuredUsage;
  /** The outcome when an answer with this head cannot be what was asked for, else null. */
  head(headers: UpstreamHeaders): AttemptOutcome | null;
  /** The outcome when these bytes ended the answer, else null. */
  bytes(bytes: Buffer): AttemptOutcome | null;
  /** The provider closed the body cleanly: was that the end? */
  end(): AttemptOutcome;
}

/** What a dialect makes of an answer that is not a 2xx. */
export type RefusalReader = (
  status: number,
  headers: UpstreamHeaders,
  body: Buffer,
) => AttemptFailure;

export interface HttpAttemptParts {
  readonly request: UpstreamRequest;
  readonly reader: AnswerReader;
  readonly readRefusal: RefusalReader;
  /** Streams have a first-token and a between-tokens stage; whole answers have neither (RTE-10). */
  readonly stream: boolean;
  /** As `RunningAttempt.dropped`. */
  readonly dropped: readonly string[];
}

const refusalBytesLimit = 64 * 1024;
/** How long the body of a refusal may take; it is judged by what there is of it then. */
const refusalMs = 2_000;
/** How long a provider may keep a connection after the terminal event before it is closed. */
const lingerMs = 2_000;

/**
 * One HTTP call to a provider: its stages and their time-outs. What is said in it is the reader's.
 */
export class HttpAttempt implements UpstreamHandler, RunningAttempt, DeadlineOwner, Producer {
  readonly #ports: HttpAttemptPorts;
  readonly #input: AttemptInput;
  readonly #sink: AttemptSink;
  readonly #parts: HttpAttemptParts;
  readonly #deadline = new Deadline(this);
  readonly #until: Until;
  readonly #attemptEndsAtMs: number;
  #stageEndsAtMs: number;
  #upstreamCall: UpstreamCall | null = null;
  #state: "waiting" | "answering" | "refused" | "lingering" | "over" = "waiting";
  #paused = false;
  #status = 0;
  #headers: UpstreamHeaders = {};
  #refusal: Buffer[] = [];
  #refusalBytes = 0;

  // oxlint-disable-next-line max-params -- ports, input and sink are what every attempt takes
  constructor(
    ports: HttpAttemptPorts,
    input: AttemptInput,
    sink: AttemptSink,
    parts: HttpAttemptParts,
  ) {
    this.#ports = ports;
    this.#input = input;
    this.#sink = sink;
    this.#parts = parts;
    const nowMs = ports.clock.monotonicMs();
    const { attemptMs, firstTokenMs } = input.planned.timeouts;
    this.#until = input.until ?? input.call;
    this.#attemptEndsAtMs = nowMs + (attemptMs ?? Infinity);
    this.#stageEndsAtMs = parts.stream ? nowMs + firstTokenMs : Infinity;
  }

  get dropped(): readonly string[] {
    return this.#parts.dropped;
  }

  get #endsAtMs(): number {
    return Math.min(this.#until.deadlineMs, this.#attemptEndsAtMs);
  }

  start(): this {
    this.#arm();
    this.#upstreamCall = this.#ports.upstream.dispatch(this.#parts.request, this);
    return this;
  }

  abort(cause: Code): void {
    this.#finish({ kind: "aborted", cause, measured: this.#parts.reader.measuredIfEnded });
  }

  /** Readers lag. Their slowness is not the provider's: its stages stand still meanwhile. */
  pause(): void {
    this.#paused = true;
    this.#upstreamCall?.pause();
  }

  resume(): void {
    this.#paused = false;
    const { betweenTokensMs } = this.#input.planned.timeouts;
    if (this.#parts.stream) this.#stageEndsAtMs = this.#ports.clock.monotonicMs() + betweenTokensMs;
    this.#arm();
    this.#upstreamCall?.resume();
  }

  onHead(status: number, headers: UpstreamHeaders): void {
    if (this.#state !== "waiting") return;
    this.#status = status;
    if (status < 200 || status > 299) {
      this.#headers = headers;
      this.#state = "refused";
      this.#awaitRefusal();
      return;
    }
    this.#state = "answering";
    const { reader } = this.#parts;
    // Its length would say nothing, and whether it is an answer at all nobody looks.
    const outcome = isCoded(headers)
      ? malformed("it has a content coding that nobody asked for", reader.measured)
      : reader.head(headers);
    if (outcome !== null) this.#finish(outcome);
  }

  onBytes(bytes: Buffer): void {
    if (this.#state === "answering") {
      const { reader, stream } = this.#parts;
      const before = reader.contentCount;
      const outcome = reader.bytes(bytes);
      // No sooner: the log may be another attempt's, which has content already (RTE-11).
      if (before === 0 && reader.contentCount > 0) this.#input.log.producedBy(this);
      if (outcome !== null) return this.#finish(outcome);
      this.#input.log.publish();
      // Comments and empty events are no token: a provider that only pings has stalled.
      if (stream && reader.contentCount > before) {
        const nowMs = this.#ports.clock.monotonicMs();
        this.#stageEndsAtMs = nowMs + this.#input.planned.timeouts.betweenTokensMs;
        this.#arm();
      }
    } else if (this.#state === "refused" && this.#refusalBytes < refusalBytesLimit) {
      this.#refusal.push(bytes);
      this.#refusalBytes += bytes.length;
      if (this.#refusalBytes >= refusalBytesLimit) this.#endRefusal();
    }
  }

  onEnd(): void {
    if (this.#state === "answering") this.#finish(this.#parts.reader.end(), "ended");
    else if (this.#state === "refused") this.#endRefusal();
    this.#close();
  }

  onFailure(failure: Failure<UpstreamFailureCode>): void {
    if (this.#state === "refused") this.#endRefusal();
    else if (this.#state !== "over" && this.#state !== "lingering") {
      this.#fail(transportFailure(failure.code));
    }
    this.#close();
  }

  deadlinePassed(): void {
    if (this.#state === "lingering") {
      this.#close();
      this.#upstreamCall?.abort();
      return;
    }
    const nowMs = this.#ports.clock.monotonicMs();
    if (nowMs < this.#endsAtMs && (this.#paused || nowMs < this.#stageEndsAtMs)) {
      return this.#arm();
    }
    if (nowMs >= this.#until.deadlineMs) return this.abort("deadline_exceeded");
    if (this.#state === "refused") return this.#endRefusal();
    const { firstTokenMs, betweenTokensMs, attemptMs } = this.#input.planned.timeouts;
    if (nowMs >= this.#endsAtMs) return this.#fail(timeoutFailure("answer whole", attemptMs ?? 0));
    this.#fail(
      this.#parts.reader.contentCount > 0
        ? timeoutFailure("send its next token", betweenTokensMs)
        : timeoutFailure("send a first token", firstTokenMs),
    );
  }

  /** The status has decided already: the words behind it are not worth the wait for an answer. */
  #awaitRefusal(): void {
    const nowMs = this.#ports.clock.monotonicMs();
    this.#stageEndsAtMs = Math.min(this.#stageEndsAtMs, nowMs + refusalMs);
    this.#arm();
  }

  #endRefusal(): void {
    const body = Buffer.concat(this.#refusal);
    this.#fail(this.#parts.readRefusal(this.#status, this.#headers, body));
  }

  #fail(failure: AttemptFailure): void {
    this.#finish({ kind: "failed", failure, measured: this.#parts.reader.measured });
  }

  #finish(outcome: AttemptOutcome, body: "ended" | "goes on" = "goes on"): void {
    if (this.#state === "over" || this.#state === "lingering") return;
    this.#state = "over";
    this.#ports.wheel.cancel(this.#deadline);
    if (this.#parts.reader.contentCount > 0) this.#input.log.producedBy(null);
    if (body === "goes on" && outcome.kind === "complete" && outcome.finish !== "budget") {
      // The connection is worth keeping, if the provider ends the body soon.
      this.#state = "lingering";
      this.#upstreamCall?.resume();
      this.#ports.wheel.arm(this.#deadline, lingerMs);
    } else if (body === "goes on") this.#upstreamCall?.abort();
    this.#sink.over(outcome);
  }

  #close(): void {
    this.#state = "over";
    this.#ports.wheel.cancel(this.#deadline);
  }

  #arm(): void {
    const atMs = this.#paused ? this.#endsAtMs : Math.min(this.#endsAtMs, this.#stageEndsAtMs);
    this.#ports.wheel.armAt(this.#deadline, atMs);
  }
}

/** Coded bytes would be searched for events in vain, or for ones that nobody wrote. */
const isCoded = ({ "content-encoding": coding = "identity" }: UpstreamHeaders): boolean =>
  coding !== "identity" && coding !== "";

const transportWords: Record<UpstreamFailureCode, readonly [code: Code, message: string]> = {
  connect_failed: ["upstream_unavailable", "The provider cannot be reached"],
  connect_timeout: ["upstream_timeout", "The provider did not accept the connection in time"],
  no_connection: ["overloaded", "All connections to the provider are busy"],
  upstream_cut: ["upstream_cut", "The provider closed the connection before its answer was whole"],
  upstream_malformed: ["upstream_malformed", "The provider's answer is not valid HTTP"],
  aborted: ["client_closed", "The call was ended before it was answered whole"],
};

function transportFailure(cause: UpstreamFailureCode): AttemptFailure {
  const [code, message] = transportWords[cause];
  return {
    code,
    message,
    param: null,
    reach: reachOf(cause),
    status: null,
    retryAfterMs: null,
    verdict: "retry",
    credentialFault: false,
  };
}

function reachOf(cause: UpstreamFailureCode): AttemptFailure["reach"] {
  if (cause === "no_connection") return "unsent";
  return cause === "connect_failed" || cause === "connect_timeout" ? "unreached" : "reached";
}

const timeoutFailure = (what: string, limitMs: number): AttemptFailure => ({
  code: "upstream_timeout",
  message: `The provider did not ${what} within ${limitMs} ms`,
  param: null,
  reach: "reached",
  status: null,
  retryAfterMs: null,
  verdict: "retry",
  credentialFault: false,
});
