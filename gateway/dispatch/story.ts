import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { CanonicalRequest, Message } from "@sekisho/wire/canonical/request.ts";
import { ok, type Parsed } from "@sekisho/wire/result.ts";
import type { AnswerLog } from "../answer-log.ts";
import type { AttemptFailure, AttemptRecord } from "../attempt.ts";
import type { Call } from "../call.ts";
import { boundNanoUsd, costNanoUsd } from "../cost.ts";
import { estimateTokens } from "../estimate-tokens.ts";
import type { PlannedAttempt } from "../plan.ts";
import type { AttemptInput } from "../provider.ts";
import { sumUsage } from "../sum-usage.ts";
import type { ContinueWay } from "../target.ts";
import { Seam } from "./seam.ts";
import { SegmentLog, type SegmentReader } from "./segment-log.ts";

interface StoryParts {
  readonly call: Call;
  readonly log: AnswerLog;
  /** What all of its segments may cost together. */
  readonly reservedNanoUsd: number;
  /** A segment does not fit behind the one before: its attempt is to be ended. */
  misfits(): void;
}

/** Null where an answer that is to be continued cannot be. */
export function storyOf(parts: StoryParts): Story | null {
  const { stream, choices } = parts.call.request.read.facts;
  return stream && choices === 1 ? new Story(parts) : null;
}

/** What a model is asked whose own words cannot end the conversation. */
const goOn =
  "Continue your answer exactly where it ends. Repeat nothing of it, and add no remark about it.";

/** An answer in its segments: what was said so far, by whom, and how it may go on (RTE-12). */
export class Story implements SegmentReader {
  readonly #parts: StoryParts;
  readonly #segments: AttemptRecord[] = [];
  #said = "";
  #isPlain = true;
  #hasBegun = false;
  /** Of the segment under way; null for the first one. */
  #seam: Seam | null = null;
  #broke: AttemptFailure | null = null;

  constructor(parts: StoryParts) {
    this.#parts = parts;
  }

  /** Has something of the answer been delivered? */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Why the segment before broke off, where the one behind it does not fit; else null. */
  get misfit(): AttemptFailure | null {
    return this.isMisfit() ? this.#broke : null;
  }

  /** What an attempt is told: it writes here, and goes on with what was said. */
  inputOf(call: Call, planned: PlannedAttempt): AttemptInput {
    const log = new SegmentLog(this, this.#parts.log);
    const { continues: way = null } = planned.target;
    if (!this.#hasBegun || way === null) return { call, planned, log, asEvents: true };
    const said = this.#said;
    this.#seam = new Seam(said);
    // Read again when the prompt is measured: what was said by then is no part of it.
    const request = { ...call.request, canonical: () => goingOn(call, said, way) };
    return { call: { ...call, request }, planned, log, asEvents: true, isRewritten: true };
  }

  begun(): void {
    this.#hasBegun = true;
  }

  /** An attempt is over that has delivered something. */
  told(record: AttemptRecord): void {
    this.#segments.push(record);
  }

  /** The attempt with which the answer may go on there; null when it may not, or costs too much. */
  next(planned: PlannedAttempt, failure: AttemptFailure): PlannedAttempt | null {
    const { target, price } = planned;
    if (!this.#isPlain || (target.continues ?? null) === null || !this.#isText()) return null;
    this.#broke = failure;
    const said = estimateTokens(this.#said);
    const maxTokens = planned.maxTokens - said;
    if (maxTokens < 1) return null;
    // A byte is at least a token.
    const input = planned.boundInputTokens + Buffer.byteLength(this.#said) + goOn.length;
    const bound = price === null ? 0 : boundNanoUsd(input, maxTokens, price);
    if (this.#spentNanoUsd() + bound > this.#parts.reservedNanoUsd) return null;
    return {
      ...planned,
      maxTokens,
      boundInputTokens: input,
      boundOutputTokens: maxTokens,
      boundNanoUsd: bound,
      quotaTokens: planned.quotaTokens === 0 ? 0 : planned.quotaTokens + said,
    };
  }

  /** The attempt that counts, and what the answer consists of: a sum where it was continued. */
  sum(last: AttemptRecord): { counts: AttemptRecord; segments?: readonly AttemptRecord[] } {
    const [first] = this.#segments;
    if (first === undefined || this.#segments.length < 2) return { counts: first ?? last };
    const all = this.#segments.map(({ outcome }) => outcome.measured);
    const isReported = all.every(({ source }) => source === "reported");
    const usage = sumUsage(all.map((each) => each.usage));
    const measured = { usage, source: isReported ? "reported" : "estimated" } as const;
    const counts = { ...first, outcome: { ...last.outcome, measured }, endedMs: last.endedMs };
    return { counts, segments: this.#segments };
  }

  take(event: CanonicalEvent): readonly CanonicalEvent[] {
    return this.#seam === null ? this.#taken(event) : this.#behind(this.#seam, event);
  }

  isMisfit(): boolean {
    return this.#seam?.isBroken === true;
  }

  misfits(): void {
    this.#parts.misfits();
  }

  #taken(event: CanonicalEvent): readonly CanonicalEvent[] {
    if (event.type === "text") this.#said += event.text;
    else if (!plainEvents.has(event.type)) this.#isPlain = false;
    return [event];
  }

  #behind(seam: Seam, event: CanonicalEvent): readonly CanonicalEvent[] {
    switch (event.type) {
      case "start":
      case "reasoning":
      case "ping":
        return [];
      case "text":
        return this.#say(seam.push(event.text));
      case "usage": {
        const earlier = this.#segments.map(({ outcome }) => outcome.measured.usage);
        return [{ ...event, usage: sumUsage([...earlier, event.usage]) }];
      }
      case "refusal":
      case "toolStart":
      case "toolDelta":
      case "toolEnd":
      case "citation":
      case "finish":
      case "error":
        return [...this.#say(seam.end()), ...this.#taken(event)];
    }
  }

  #say(text: string): readonly CanonicalEvent[] {
    this.#said += text;
    return text === "" ? [] : [{ type: "text", text }];
  }

  #spentNanoUsd(): number {
    return this.#segments.reduce(
      (sum, { price, outcome }) =>
        sum + (price === null ? 0 : costNanoUsd(outcome.measured.usage, price)),
      0,
    );
  }

  /** Is the answer to be a text, and nothing that must be valid as a whole? */
  #isText(): boolean {
    const canonical = this.#parts.call.request.canonical();
    return canonical.ok && (canonical.value.responseFormat?.kind ?? "text") === "text";
  }
}

function goingOn({ request }: Call, said: string, way: ContinueWay): Parsed<CanonicalRequest> {
  const canonical = request.canonical();
  return canonical.ok ? ok(withWords(canonical.value, said, way)) : canonical;
}

const plainEvents: ReadonlySet<CanonicalEvent["type"]> = new Set<CanonicalEvent["type"]>([
  "start",
  "text",
  "usage",
  "ping",
  "finish",
]);

/** The conversation up to where the answer broke off. No model takes blanks at the end of it. */
function withWords(request: CanonicalRequest, said: string, way: ContinueWay): CanonicalRequest {
  const words = (role: Message["role"], text: string): Message => ({
    role,
    parts: [{ kind: "text", text }],
  });
  const answer = words("assistant", said.trimEnd());
  const turn = way === "turn" ? [words("user", goOn)] : [];
  return { ...request, messages: [...request.messages, answer, ...turn] };
}
