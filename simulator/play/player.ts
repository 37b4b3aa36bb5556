import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";
import type { CallRecord, Outcome } from "../call-record.ts";
import { cutConnection, type Hearing, type Speaking } from "../peers.ts";
import type { Frames, Head, Script, Step } from "../script.ts";
import type { Gate } from "./gate.ts";

/** A stall that no client ends is ended by us. */
const longestStallMs = 900_000;
/** Slicing is for parsers' sake; beyond this a body goes out whole. */
const longestSlicedBytes = 262_144;

export interface Stage {
  readonly clock: Clock;
  readonly gate: Gate;
  /** Called once per call, when its outcome stands in the record. */
  onEnd(call: CallRecord): void;
}

export interface Peers {
  readonly request: Hearing;
  readonly response: Speaking;
  readonly call: CallRecord;
  readonly sliceBytes: number | null;
}

type StepOf<Kind extends Step["do"]> = Extract<Step, { do: Kind }>;

const byteLength = (data: string | Buffer): number =>
  typeof data === "string" ? Buffer.byteLength(data) : data.length;

/** Plays a complete answer: nothing is left to wait for, so nothing needs watching. */
export const playWhole = (step: StepOf<"whole">, peers: Peers): void => {
  const { response, call } = peers;
  call.status = step.head.status;
  call.bytesWritten = byteLength(step.body);
  call.producedTokens = step.tokens;
  response.writeHead(step.head.status, step.head.headers);
  response.end(step.body);
};

const lengthAt = (headers: readonly string[]): number =>
  headers.findIndex((name, n) => n % 2 === 0 && name === "content-length");

const withoutLength = (headers: readonly string[]): string[] => {
  const at = lengthAt(headers);
  return at === -1 ? [...headers] : headers.toSpliced(at, 2);
};

const lengthIn = (headers: readonly string[]): number | null => {
  const at = lengthAt(headers);
  return at === -1 ? null : Number(headers[at + 1]);
};

/**
 * Plays one script on one connection. It ends exactly once: by its last step, or when the client
 * leaves; then nothing of it is left behind, neither timer nor place at the gate.
 */
export class Player {
  readonly #stage: Stage;
  readonly #peers: Peers;
  readonly #call: CallRecord;
  #steps: readonly Step[] = [];
  #outcome: Outcome = "complete";
  #at = 0;
  #timer: Timer | null = null;
  #leaveGate: (() => void) | null = null;
  #waiting: { readonly step: StepOf<"wait">; readonly sinceMs: number } | null = null;
  #run: { readonly step: StepOf<"run">; readonly startMs: number; readonly base: number } | null =
    null;
  #framesSent = 0;
  #isHeadPending = false;
  #isEnded = false;

  constructor(stage: Stage, peers: Peers) {
    this.#stage = stage;
    this.#peers = peers;
    this.#call = peers.call;
  }

  play(script: Script): void {
    this.#steps = script.steps;
    this.#outcome = script.outcome;
    this.#peers.response.on("close", () => this.#onClose());
    this.#advance();
  }

  #advance(): void {
    while (!this.#isEnded) {
      const step = this.#steps[this.#at];
      if (step === undefined) throw new Error(`Script ended without an end at step ${this.#at}`);
      this.#at += 1;
      if (!this.#perform(step)) return;
    }
  }

  /** True when the next step may follow at once. */
  #perform(step: Step): boolean {
    switch (step.do) {
      case "hold":
        return this.#hold();
      case "wait":
        return this.#wait(step);
      case "whole":
        return this.#whole(step);
      case "head":
        return this.#head(step.head);
      case "send":
        return this.#send(step);
      case "run":
        return this.#startRun(step);
      case "stall":
        return this.#stall();
      case "end":
        this.#peers.response.end();
        return this.#end(this.#outcome);
      case "cut":
        return this.#cut(step.how);
    }
  }

  #hold(): boolean {
    this.#flushHead();
    // Who was let in before the gate filled comes to a pause behind it.
    if (this.#stage.gate.isFull) return this.#cut("rst");
    this.#call.state = "held";
    this.#leaveGate = this.#stage.gate.hold(() => {
      this.#leaveGate = null;
      this.#call.state = "answering";
      this.#advance();
    });
    return false;
  }

  #wait(step: StepOf<"wait">): boolean {
    if (step.ms <= 0) {
      this.#call.producedTokens += step.tokens;
      return true;
    }
    this.#flushHead();
    this.#waiting = { step, sinceMs: this.#stage.clock.monotonicMs() };
    this.#timer = this.#stage.clock.after(step.ms, () => {
      this.#waiting = null;
      this.#call.producedTokens += step.tokens;
      this.#advance();
    });
    return false;
  }

  #whole(step: StepOf<"whole">): boolean {
    const call = this.#call;
    call.firstByteMs ??= this.#stage.clock.monotonicMs();
    if (this.#peers.sliceBytes === null) {
      playWhole(step, this.#peers);
      return this.#end(this.#outcome);
    }
    this.#head({ status: step.head.status, headers: withoutLength(step.head.headers) });
    const finish = (): false => {
      call.producedTokens = step.tokens;
      this.#peers.response.end();
      return this.#end(this.#outcome);
    };
    return this.#write(step.body, finish) && finish();
  }

  #head(head: Head): boolean {
    this.#call.status = head.status;
    this.#call.announcedBytes = lengthIn(head.headers);
    this.#peers.response.writeHead(head.status, head.headers);
    this.#isHeadPending = true;
    return true;
  }

  #send(step: StepOf<"send">): boolean {
    this.#call.producedTokens += step.tokens;
    return this.#write(step.data, () => this.#advance());
  }

  #startRun(step: StepOf<"run">): boolean {
    const startMs = this.#stage.clock.monotonicMs();
    this.#run = { step, startMs, base: this.#call.producedTokens };
    this.#framesSent = 0;
    return this.#pump(step.frames);
  }

  /** Writes the frames that are due. True when the run is over. */
  #pump(frames: Frames): boolean {
    const due = this.#framesDue(frames.length);
    while (this.#framesSent < due) {
      const to = Math.min(due, this.#framesSent + frames.batch);
      const data = frames.slice(this.#framesSent, to);
      this.#framesSent = to;
      this.#call.producedTokens = (this.#run?.base ?? 0) + frames.tokensThrough(to);
      if (!this.#write(data, () => this.#continueRun(frames))) return false;
    }
    if (this.#framesSent >= frames.length) return true;
    this.#timer = this.#stage.clock.after(this.#untilNextMs(), () => this.#continueRun(frames));
    return false;
  }

  #continueRun(frames: Frames): void {
    if (!this.#isEnded && this.#pump(frames)) this.#advance();
  }

  #framesDue(length: number): number {
    const run = this.#run;
    const pace = run?.step.framesPerSecond ?? null;
    if (run === null || pace === null) return length;
    const elapsedMs = this.#stage.clock.monotonicMs() - run.startMs;
    // The sum of many thirds is a little less than the whole: a frame may be a nanosecond early.
    return Math.min(length, Math.floor((elapsedMs * pace) / 1000 + 1e-6) + 1);
  }

  #untilNextMs(): number {
    const run = this.#run;
    if (run === null || run.step.framesPerSecond === null) return 0;
    const dueMs = run.startMs + (this.#framesSent * 1000) / run.step.framesPerSecond;
    return dueMs - this.#stage.clock.monotonicMs();
  }

  #stall(): boolean {
    this.#flushHead();
    this.#timer = this.#stage.clock.after(longestStallMs, () => this.#cut("fin"));
    return false;
  }

  #cut(how: "fin" | "rst"): boolean {
    this.#flushHead();
    this.#end(this.#outcome);
    cutConnection(this.#peers.request, how);
    return false;
  }

  #flushHead(): void {
    if (!this.#isHeadPending) return;
    this.#isHeadPending = false;
    this.#call.firstByteMs ??= this.#stage.clock.monotonicMs();
    this.#peers.response.flushHeaders();
  }

  /** True when more may be written at once; else `resume` is called when it may. */
  #write(data: string | Buffer, resume: () => void): boolean {
    const { response, sliceBytes } = this.#peers;
    const length = byteLength(data);
    this.#isHeadPending = false;
    this.#call.firstByteMs ??= this.#stage.clock.monotonicMs();
    this.#call.bytesWritten += length;
    if (sliceBytes !== null && length <= longestSlicedBytes) {
      this.#writeSlices(typeof data === "string" ? Buffer.from(data) : data, sliceBytes, resume);
      return false;
    }
    if (response.write(data)) return true;
    response.once("drain", resume);
    return false;
  }

  /** One slice after the other has left: written in one turn they would leave as one. */
  #writeSlices(bytes: Buffer, sliceBytes: number, resume: () => void): void {
    if (this.#isEnded) return;
    if (bytes.length === 0) return resume();
    this.#peers.response.write(bytes.subarray(0, sliceBytes), (error) => {
      if (error) return;
      this.#writeSlices(bytes.subarray(sliceBytes), sliceBytes, resume);
    });
  }

  #onClose(): void {
    if (this.#isEnded) return;
    const nowMs = this.#stage.clock.monotonicMs();
    this.#call.clientGoneMs = nowMs;
    if (this.#waiting !== null) {
      const { step, sinceMs } = this.#waiting;
      this.#call.producedTokens += Math.floor((step.tokens * (nowMs - sinceMs)) / step.ms);
    }
    this.#end("client_gone");
  }

  #end(outcome: Outcome): false {
    this.#isEnded = true;
    this.#timer?.cancel();
    this.#leaveGate?.();
    this.#call.outcome = outcome;
    this.#stage.onEnd(this.#call);
    return false;
  }
}
