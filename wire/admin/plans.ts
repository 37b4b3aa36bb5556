import { refuse, type Parsed } from "../result.ts";
import { Fields, type FieldCode } from "./_fields.ts";

/** One model's part of the messages, and what a message has there. */
export interface BlendPart {
  readonly model: string;
  /** Of all messages; the parts make 100. */
  readonly percent: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Body of `POST /admin/plan`: a load, and what it is to be served with (MON-18). */
export interface PlanRequest {
  readonly messagesPerDay: number;
  /** The strongest model first: the comparison is with all messages on it. */
  readonly blend: readonly BlendPart[];
  /** What a message has when nobody limits it. */
  readonly freeInputTokens: number;
  readonly freeOutputTokens: number;
  /** Answers that come out of a cache and cost nothing. */
  readonly cachePercent: number;
  readonly days: number;
  /** How many times the day's average the busiest second has, in percent: 300 is three times. */
  readonly peakPercent: number;
  /** How long an answer takes. */
  readonly answerMs: number;
  /** What the providers allow together; 0: not known. */
  readonly quotaTokensPerMinute: number;
  readonly callsPerSecondPerReplica: number;
  readonly replicaNanoUsdPerHour: number;
}

/** What one model costs in a plan, with the arithmetic. Money in exact US dollars. */
export interface PlanLine {
  readonly model: string;
  readonly messages: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly messageUsd: string;
  readonly dayUsd: string;
  readonly priceVersion: string;
}

export interface PlanScenario {
  readonly name: string;
  readonly lines: readonly PlanLine[];
  readonly dayUsd: string;
  readonly totalUsd: string;
  /** Of the first scenario, in tenths of a percent rounded down. */
  readonly savedPermille: number;
}

/** What the load asks of providers and of the gateway's own machines. */
export interface PlanLoad {
  readonly averagePerSecond: number;
  readonly peakPerSecond: number;
  readonly peakInputTokensPerMinute: number;
  readonly peakOutputTokensPerMinute: number;
  readonly streamsAtPeak: number;
  /** Null where no quota was given. */
  readonly quotaPercent: number | null;
  readonly replicas: number;
  readonly platformUsd: string;
}

export interface PlanView {
  readonly request: PlanRequest;
  readonly scenarios: readonly PlanScenario[];
  readonly load: PlanLoad;
}

const known = [
  "messagesPerDay",
  "blend",
  "freeInputTokens",
  "freeOutputTokens",
  "cachePercent",
  "days",
  "peakPercent",
  "answerMs",
  "quotaTokensPerMinute",
  "callsPerSecondPerReplica",
  "replicaNanoUsdPerHour",
];

/** `model:percent:input:output`, such as `fast:70:500:256`. */
const blendPart = {
  pattern: /^[^\p{Cc},]{1,256}:\d{1,3}:\d{1,9}:\d{1,9}$/u,
  says: "model:percent:input:output, such as fast:70:500:256",
};

/** A shop assistant: three in ten messages want the strong model. */
export const usualBlend: readonly string[] = [
  "claude-3-sonnet:30:2000:1024",
  "claude-3-haiku:70:500:256",
];

const usual = {
  free: { input: 5_000, output: 2_000 },
  days: 30,
  peakPercent: 300,
  answerMs: 2_330,
  /** A sixth of what one core was measured to take. */
  callsPerSecondPerReplica: 1_000,
  /** One x86 vCPU and 2 GB of AWS Fargate in us-east-1. */
  replicaNanoUsdPerHour: 49_370_000,
};

export function parsePlanRequest(body: unknown): Parsed<PlanRequest, FieldCode> {
  const fields = new Fields(body, known);
  const blend = fields.list("blend", blendPart, usualBlend).map(partOf);
  const request = {
    messagesPerDay: fields.count("messagesPerDay", 0),
    blend,
    freeInputTokens: fields.count("freeInputTokens", usual.free.input),
    freeOutputTokens: fields.count("freeOutputTokens", usual.free.output),
    cachePercent: fields.count("cachePercent", 0),
    days: fields.count("days", usual.days),
    peakPercent: fields.count("peakPercent", usual.peakPercent),
    answerMs: fields.count("answerMs", usual.answerMs),
    quotaTokensPerMinute: fields.count("quotaTokensPerMinute", 0),
    callsPerSecondPerReplica: fields.count(
      "callsPerSecondPerReplica",
      usual.callsPerSecondPerReplica,
    ),
    replicaNanoUsdPerHour: fields.count("replicaNanoUsdPerHour", usual.replicaNanoUsdPerHour),
  };
  const read = fields.done(request);
  const fault = read.ok ? faultOf(request) : null;
  if (fault === null) return read;
  return refuse("invalid_value", fault[0], `Cannot read the body: ${fault[0]} ${fault[1]}`);
}

function faultOf(request: PlanRequest): [field: string, why: string] | null {
  const percent = request.blend.reduce((sum, part) => sum + part.percent, 0);
  if (percent !== 100) return ["blend", `adds up to ${percent} %, 100 needed`];
  if (request.messagesPerDay < 1) return ["messagesPerDay", "must be 1 or more"];
  if (request.messagesPerDay > 1e10) return ["messagesPerDay", "must be at most 10000000000"];
  if (request.cachePercent > 100) return ["cachePercent", "must be at most 100"];
  if (request.days < 1 || request.days > 3_660) return ["days", "must be from 1 to 3660"];
  if (request.peakPercent < 100) return ["peakPercent", "must be 100 or more: 100 is the average"];
  if (request.callsPerSecondPerReplica < 1) {
    return ["callsPerSecondPerReplica", "must be 1 or more"];
  }
  return null;
}

/** It has the shape of `blendPart`. */
function partOf(text: string): BlendPart {
  const parts = text.split(":");
  const [percent = 0, inputTokens = 0, outputTokens = 0] = parts.slice(-3).map(Number);
  return { model: parts.slice(0, -3).join(":"), percent, inputTokens, outputTokens };
}
