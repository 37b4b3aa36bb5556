import { refuse, type Parsed } from "../result.ts";
import { Fields, type FieldCode } from "./_fields.ts";
import { readQuery, refuseParam } from "./_query.ts";
import type { NanoUsdJson } from "./usage.ts";

/** What becomes of a split. */
export const splitEvents = [
  "weighted",
  "canary_began",
  "stepped",
  "completed",
  "paused",
  "resumed",
  "aborted",
  "rolled_back",
  "reset",
] as const;

export type SplitEvent = (typeof splitEvents)[number];

export const splitCommands = [
  "set",
  "canary",
  "step",
  "pause",
  "resume",
  "abort",
  "rollback",
  "reset",
] as const;

/** What an administrator wants of a split. */
export type SplitCommand =
  | { readonly command: "set"; readonly weights: Readonly<Record<string, number>> }
  | { readonly command: "canary"; readonly arm: string }
  | { readonly command: "step" | "pause" | "resume" | "abort" | "reset" }
  /** Without an arm: the weights before the latest change. */
  | { readonly command: "rollback"; readonly arm: string | null };

/** Body of `POST /admin/splits/{name}`. */
export interface SplitOrder {
  readonly order: SplitCommand;
  /** What the administrator has seen: another one is 409. Null: whatever it is. */
  readonly phase: number | null;
}

const armName = { pattern: /^[^\p{Cc}]{1,128}$/u, says: "the name of an arm" };
/** Of one arm. */
export const maxWeight = 10_000;

/** Reads the body of a command. */
export function parseSplitOrder(body: unknown): Parsed<SplitOrder, FieldCode> {
  const fields = new Fields(body, ["command", "arm", "weights", "phase"]);
  const command = fields.choice("command", splitCommands, "step");
  const arm = fields.optional("arm", armName);
  const given = fields.object("weights");
  const phase = fields.count("phase", -1);
  const read = fields.done(null);
  if (!read.ok) return read;
  if (body === undefined || !Object.hasOwn(Object(body), "command")) return absent("command");
  const as = (order: SplitCommand): Parsed<SplitOrder, FieldCode> => ({
    ok: true,
    value: { order, phase: phase < 0 ? null : phase },
  });
  switch (command) {
    case "set": {
      const weights = weightsIn(given);
      return weights.ok ? as({ command, weights: weights.value }) : weights;
    }
    case "canary":
      return arm === null ? absent("arm") : as({ command, arm });
    case "rollback":
      return as({ command, arm });
    case "step":
    case "pause":
    case "resume":
    case "abort":
    case "reset":
      return as({ command });
  }
}

const absent = (name: string): Parsed<never, FieldCode> =>
  refuse("missing_field", name, `Cannot read the body: ${name} is missing`);

function weightsIn(
  given: Readonly<Record<string, unknown>> | null,
): Parsed<Readonly<Record<string, number>>, FieldCode> {
  if (given === null) return absent("weights");
  const weights: [string, number][] = [];
  for (const [arm, weight] of Object.entries(given)) {
    if (typeof weight !== "number" || !(weight >= 0) || weight > maxWeight) {
      const what = `weights.${arm.slice(0, 64)} must be a number from 0 to ${maxWeight}`;
      return refuse("invalid_value", "weights", `Cannot read the body: ${what}`);
    }
    weights.push([arm, weight]);
  }
  if (weights.length === 0) {
    const what = 'weights names no arm: expected is one or more, such as {"fast": 80}';
    return refuse("invalid_value", "weights", `Cannot read the body: ${what}`);
  }
  return { ok: true, value: Object.fromEntries(weights) };
}

/** How calls of an arm have ended; `throttled`, `timed_out` and `failed` speak against it. */
export const armOutcomes = [
  "answered",
  /** An answer that was kept, or made for another call, was given: the arm had nothing to do. */
  "given",
  /** By what the client asked for: another arm would say the same. */
  "refused",
  /** The client left, cancelled or did not read. */
  "left",
  "throttled",
  "timed_out",
  /** Any other failure. */
  "failed",
  /** By no fault of the arm's: the gateway died, stopped or lost its store. */
  "lost",
] as const;
export type ArmOutcome = (typeof armOutcomes)[number];

/** Milliseconds from the arrival of requests. */
export interface ArmTimes {
  readonly count: number;
  readonly averageMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** What the calls of an arm came to. */
export interface ArmFiguresView {
  readonly requests: number;
  readonly outcomes: Readonly<Record<ArmOutcome, number>>;
  /** Those that speak against the arm … */
  readonly errors: number;
  /** … and their share of those that say anything of it, from 0 to 1. */
  readonly errorRate: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costNanoUsd: NanoUsdJson;
  readonly firstToken: ArmTimes;
  readonly latency: ArmTimes;
}

export interface ArmView {
  /** The alias. */
  readonly arm: string;
  readonly weight: number;
  readonly configuredWeight: number;
  /** Of the calls of the split, from 0 to 1. */
  readonly share: number;
  /** Was it rolled back, and has had no weight since? */
  readonly isRolledBack: boolean;
  readonly figures: ArmFiguresView;
  readonly feedback: ArmFeedbackView;
}

/** What users have said of the answers of an arm. */
export interface ArmFeedbackView {
  readonly count: number;
  readonly good: number;
  readonly bad: number;
  /** From -1 to 1; null where nobody said anything. */
  readonly averageScore: number | null;
}

export interface CanaryView {
  readonly arm: string;
  readonly state: "running" | "paused";
  /** Shares in percent. */
  readonly steps: readonly number[];
  /** Which of them it is at, from 0 on. */
  readonly at: number;
  /** Since it is there, or goes on. */
  readonly sinceMs: number;
  /** What the step has had of what it needs. */
  readonly requests: number;
  readonly minRequests: number;
  readonly minMs: number;
}

/** A change of a split. */
export interface SplitChangeView {
  readonly atMs: number;
  readonly split: string;
  readonly phase: number;
  readonly event: SplitEvent;
  readonly arm: string | null;
  /** The id of an admin key, `loopback`, or `automatic`. */
  readonly by: string;
  /** Under which the audit log has it. */
  readonly requestId: string;
  readonly words: string;
}

/** `GET /admin/splits/{name}`. Times are epoch milliseconds. */
export interface SplitView {
  readonly split: string;
  /** Grows with each change. */
  readonly phase: number;
  readonly sinceMs: number | null;
  readonly sticky: "session" | "user" | "none";
  /** Were the weights set at run time? Then they win over those of the file. */
  readonly isSetAtRunTime: boolean;
  /** When an arm loses its calls by itself; null: never. */
  readonly rollback: {
    readonly errorRate: number;
    readonly minRequests: number;
    readonly windowMs: number;
    readonly falseAlarm: number;
    readonly timesOthers: number;
  } | null;
  readonly canary: CanaryView | null;
  /** The shares in percent that a canary is given, one after the other. */
  readonly canarySteps: readonly number[];
  /** Of which time the figures are. */
  readonly range: SplitRange;
  readonly arms: readonly ArmView[];
  /** The latest, the newest first. */
  readonly changes: readonly SplitChangeView[];
}

/** `GET /admin/splits` */
export interface SplitList {
  readonly splits: readonly SplitView[];
}

/** How far back figures can reach, in milliseconds; null: to the first call. */
export const splitRanges = {
  "5m": 300_000,
  "1h": 3_600_000,
  "24h": 24 * 3_600_000,
  "7d": 7 * 24 * 3_600_000,
  "30d": 30 * 24 * 3_600_000,
  total: null,
} as const;
export type SplitRange = keyof typeof splitRanges;

const isRange = (text: string): text is SplitRange => Object.hasOwn(splitRanges, text);

/** Reads the query of `GET /admin/splits`, the raw text behind "?". The default range is 1 h. */
export function parseSplitQuery(query: string): Parsed<SplitRange, "invalid_value"> {
  const read = readQuery(query, ["range"]);
  if (!read.ok) return read;
  const range = read.value.get("range") ?? "1h";
  if (isRange(range)) return { ok: true, value: range };
  return refuseParam("range", `must be one of ${Object.keys(splitRanges).join(", ")}`);
}
