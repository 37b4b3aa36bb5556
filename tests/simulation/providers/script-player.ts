import type { Timer } from "@sekisho/lib/time/clock.ts";
import type { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { AnswerScript, Script } from "./script.ts";
import type { CallWatcher, Parcel, SimulatedCall, UpstreamEnd } from "./simulated-call.ts";
import type { UpstreamRecord } from "./upstream-record.ts";

export interface PlayerWorld {
  readonly clock: VirtualClock;
  trace(line: string): void;
  /** The gateway has taken bytes of it. */
  delivered(record: UpstreamRecord): void;
  closed(record: UpstreamRecord): void;
}

const carriageReturn = 0x0d;

/** Plays a script into one call, and writes down what became of it. */
export class ScriptPlayer implements CallWatcher {
  readonly #world: PlayerWorld;
  readonly #record: UpstreamRecord;
  readonly #script: Script;
  readonly #name: string;
  #timer: Timer | null = null;
  #next = 0;
  /** Bytes that were sent, taken or not. */
  #sentBytes = 0;
  #wholeFrames = 0;
  #wholeBytes = 0;
  #waiting: (() => void) | null = null;

  constructor(world: PlayerWorld, record: UpstreamRecord, script: Script) {
    this.#world = world;
    this.#record = record;
    this.#script = script;
    this.#name = `call ${record.n}.${record.attempt}`;
  }

  begin(call: SimulatedCall): void {
    const script = this.#script;
    if (script.kind === "fails") {
      this.#after(script.afterMs, () => call.send({ kind: "failure", code: script.code }));
    } else if (script.kind === "answers") {
      this.#after(script.headAfterMs, () => {
        call.send({ kind: "head", status: script.status, headers: script.headers });
        this.#plan(call, script);
      });
    }
  }

  paused(): void {
    this.#record.wasPaused = true;
    this.#happened("paused");
  }

  resumed(): void {
    this.#record.wasResumed = true;
    this.#record.lastContentMs = this.#world.clock.monotonicMs();
    this.#happened("resumed");
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.();
  }

  handing(parcel: Parcel): void {
    const record = this.#record;
    if (parcel.kind === "head") {
      record.status = parcel.status;
      this.#happened(`head ${parcel.status}`);
    } else if (parcel.kind === "bytes") {
      record.deliveredBytes += parcel.bytes.length;
      const next = record.body[record.deliveredBytes] ?? 0;
      if ((next & 0xc0) === 0x80) record.tornCharacters += 1;
      this.#noteContent();
      this.#happened(`bytes to ${record.deliveredBytes}`);
    } else if (parcel.kind === "failure") this.#happened(`failed ${parcel.code}`);
  }

  handed(parcel: Parcel): void {
    if (parcel.kind === "bytes") this.#world.delivered(this.#record);
  }

  closed(end: UpstreamEnd): void {
    const record = this.#record;
    record.end = end;
    record.closedMs = this.#world.clock.monotonicMs();
    this.#timer?.cancel();
    this.#waiting = null;
    this.#happened(end);
    this.#world.closed(record);
  }

  #plan(call: SimulatedCall, script: AnswerScript): void {
    if (!call.isOpen) return;
    const slice = script.slices[this.#next];
    if (slice !== undefined) {
      this.#after(slice.afterMs, () => {
        this.#whenWanted(call, () => this.#send(call, script, slice.end));
      });
    } else if (script.finale !== "silence") {
      const parcel: Parcel =
        script.finale === "end" ? { kind: "end" } : { kind: "failure", code: "upstream_cut" };
      this.#after(script.finaleAfterMs, () => this.#whenWanted(call, () => call.send(parcel)));
    }
  }

  #send(call: SimulatedCall, script: AnswerScript, end: number): void {
    const bytes = Buffer.from(script.body.subarray(this.#sentBytes, end));
    this.#sentBytes = end;
    this.#next += 1;
    call.send({ kind: "bytes", bytes });
    this.#plan(call, script);
  }

  /** A provider whose connection is full waits; what it says then comes when there is room. */
  #whenWanted(call: SimulatedCall, run: () => void): void {
    if (call.takesMore) run();
    else this.#waiting = run;
  }

  /** Frames that are whole by now, and content among them. */
  #noteContent(): void {
    const record = this.#record;
    let hasContent = false;
    for (let frame = record.frames[this.#wholeFrames]; frame !== undefined;) {
      const end = this.#wholeBytes + frame.bytes.length;
      // A carriage return ends a line, whatever comes behind it.
      const isCrLf = frame.bytes.at(-2) === carriageReturn;
      if (end - (isCrLf ? 1 : 0) > record.deliveredBytes) break;
      hasContent ||= frame.kind === "content";
      this.#wholeBytes = end;
      this.#wholeFrames += 1;
      frame = record.frames[this.#wholeFrames];
    }
    if (!hasContent) return;
    const nowMs = this.#world.clock.monotonicMs();
    if (record.firstContentMs === null) record.firstContentMs = nowMs;
    else record.longestSilenceMs = Math.max(record.longestSilenceMs, nowMs - record.lastContentMs);
    record.lastContentMs = nowMs;
  }

  #happened(what: string): void {
    this.#world.trace(`${this.#name} ${what}`);
  }

  #after(delayMs: number, run: () => void): void {
    this.#timer = this.#world.clock.after(delayMs, run);
  }
}
