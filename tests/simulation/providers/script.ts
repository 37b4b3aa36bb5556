import type { UpstreamFailureCode } from "@sekisho/lib/http/upstream.ts";
import type { Dice } from "../base/dice.ts";
import { vectorDocument, wholeDocument, type ChatAnswer, type Frame } from "./chat-answer.ts";
import type { Fault } from "./faults.data.ts";
import { slicesOf, type Pace, type Slice } from "./slices.ts";
import { reportedUsage, streamPlan, type Finale } from "./stream-script.ts";

/** An answer with a head, and what comes of its body and when. */
export interface AnswerScript {
  readonly kind: "answers";
  readonly headAfterMs: number;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Empty for anything but an event stream. */
  readonly frames: readonly Frame[];
  readonly slices: readonly Slice[];
  readonly finale: Finale;
  /** Between the last slice and the finale. */
  readonly finaleAfterMs: number;
  /** The pause that the head asks for, in words that can be understood. */
  readonly hintMs: number | null;
}

/** What a provider does to one call, decided when the call arrives. */
export type Script =
  | { readonly kind: "fails"; readonly afterMs: number; readonly code: UpstreamFailureCode }
  | { readonly kind: "says nothing" }
  | AnswerScript;

export interface ScriptSettings {
  readonly isStream: boolean;
  readonly pace: Pace;
  /** For hints in absolute time. */
  readonly wallMs: number;
  /** When the provider's network gives up a connection attempt. */
  readonly connectMs: number;
}

export function scriptOf(
  answer: ChatAnswer,
  fault: Fault,
  settings: ScriptSettings,
  dice: Dice,
): Script {
  const early = earlyScripts[fault]?.(settings, dice);
  if (early !== undefined) return early;
  return settings.isStream
    ? stream(answer, fault, settings, dice)
    : whole(answer, fault, settings, dice);
}

type EarlyScript = (settings: ScriptSettings, dice: Dice) => Script;

const refused =
  (fault: keyof typeof errorBodies): EarlyScript =>
  (settings, dice) =>
    refusal(fault, settings, dice);

/** Faults that show before anything of an answer has come. */
const earlyScripts: Partial<Record<Fault, EarlyScript>> = {
  refused: (_settings, dice) => ({
    kind: "fails",
    afterMs: dice.between(0.2, 5),
    code: "connect_failed",
  }),
  "connect time-out": ({ connectMs }) => ({
    kind: "fails",
    afterMs: connectMs,
    code: "connect_timeout",
  }),
  "cut before the head": ({ pace }) => ({
    kind: "fails",
    afterMs: pace.headMs,
    code: "upstream_cut",
  }),
  "stall before the head": () => ({ kind: "says nothing" }),
  "429": refused("429"),
  "500": refused("500"),
  "503": refused("503"),
  "401": refused("401"),
  "400": refused("400"),
  "refusal without end": refused("refusal without end"),
  "empty body": (settings, dice) => document("", settings, dice),
  "HTML body": (settings, dice) => document("<html><body>It works!</body></html>", settings, dice),
  "empty object": (settings, dice) => document("{}", settings, dice),
};

const json = { "content-type": "application/json" };

function document(body: string, settings: ScriptSettings, dice: Dice): AnswerScript {
  const isHtml = body.startsWith("<");
  const lies = settings.isStream && !isHtml && dice.chance(0.5);
  const type = isHtml ? "text/html" : lies ? "text/event-stream" : "application/json";
  return bodyScript(
    Buffer.from(body),
    { status: 200, headers: { "content-type": type } },
    settings,
  );
}

const errorBodies = {
  "429": { message: "Slow down", type: "rate_limit_error", code: "rate_limit_exceeded" },
  "500": { message: "The server had an error", type: "server_error", code: null },
  "503": { message: "Overloaded", type: "server_error", code: "engine_overloaded" },
  "401": { message: "Incorrect key", type: "invalid_request_error", code: "invalid_api_key" },
  "400": { message: "No such parameter", type: "invalid_request_error", code: null },
  "refusal without end": { message: "…", type: "server_error", code: null },
} as const;

function refusal(
  fault: keyof typeof errorBodies,
  settings: ScriptSettings,
  dice: Dice,
): AnswerScript {
  const status = fault === "refusal without end" ? 500 : Number(fault);
  const isHtml = fault === "503" && dice.chance(0.5);
  const body = isHtml
    ? "<html>Service Unavailable</html>"
    : JSON.stringify({ error: errorBodies[fault] });
  const type = { "content-type": isHtml ? "text/html" : "application/json" };
  const hint = fault === "429" || fault === "503" ? retryHint(settings, dice) : noHint;
  const head = { status, headers: { ...type, ...hint.headers } };
  const script = { ...bodyScript(Buffer.from(body), head, settings), hintMs: hint.ms };
  return fault === "refusal without end" ? { ...script, finale: "silence" } : script;
}

interface Hint {
  readonly headers: Readonly<Record<string, string>>;
  readonly ms: number | null;
}

const noHint: Hint = { headers: {}, ms: null };
const dayMs = 86_400_000;

/** Every way to say when to come back, right and wrong (RTE-8). */
function retryHint({ wallMs }: ScriptSettings, dice: Dice): Hint {
  const seconds = dice.whole(1, 12);
  switch (dice.whole(0, 6)) {
    case 0:
      return { headers: { "retry-after": String(seconds) }, ms: seconds * 1_000 };
    case 1: {
      // A date says no more than the second; what is left of it depends on when it is read.
      const date = new Date(wallMs + seconds * 1_000).toUTCString();
      return { headers: { "retry-after": date }, ms: null };
    }
    case 2: {
      const ms = dice.whole(50, 8_000);
      return { headers: { "retry-after-ms": String(ms) }, ms };
    }
    case 3: {
      const nonsense = dice.pick(["soon", "-3", "1e9", "Fri, 99 Nov 2026 99:99:99 GMT"]);
      return { headers: { "retry-after": nonsense }, ms: null };
    }
    case 4:
      return { headers: { "retry-after": "999999999" }, ms: dayMs };
    default:
      return noHint;
  }
}

function stream(
  answer: ChatAnswer,
  fault: Fault,
  settings: ScriptSettings,
  dice: Dice,
): AnswerScript {
  const plan = streamPlan(answer, fault, dice);
  const all = Buffer.concat(plan.frames.map(({ bytes }) => bytes));
  const missing =
    plan.lastBytes === null ? 0 : (plan.frames.at(-1)?.bytes.length ?? 0) - plan.lastBytes;
  const body = all.subarray(0, all.length - missing);
  const { pace } = settings;
  const slow = fault === "endless trickle" ? { ...pace, frameMs: dice.between(900, 4_000) } : pace;
  return {
    kind: "answers",
    headAfterMs: pace.headMs,
    status: 200,
    headers: {
      "content-type": dice.pick(["text/event-stream", "text/event-stream; charset=utf-8"]),
    },
    body,
    frames: plan.frames,
    slices: slicesOf(plan.frames, body.length, slow, dice),
    hintMs: null,
    finale: plan.finale,
    finaleAfterMs: plan.finale === "end" && dice.chance(0.5) ? 0 : dice.between(0, 50),
  };
}

function whole(
  answer: ChatAnswer,
  fault: Fault,
  settings: ScriptSettings,
  dice: Dice,
): AnswerScript {
  const usage = reportedUsage(answer, fault, dice);
  const isVectors = answer.vectors !== null;
  const text = isVectors ? vectorDocument(answer, usage) : wholeDocument(answer, usage);
  const bytes = Buffer.from(text);
  const right = { status: 200, headers: json };
  const make = wholeScripts[fault];
  return make === undefined
    ? bodyScript(bytes, right, settings)
    : make({ bytes, right, settings }, dice);
}

interface WholeAnswer {
  readonly bytes: Buffer;
  readonly right: { readonly status: number; readonly headers: typeof json };
  readonly settings: ScriptSettings;
}

const part = (bytes: Buffer, dice: Dice): Buffer =>
  bytes.subarray(0, dice.whole(1, bytes.length - 2));

const cutOff = ({ bytes, right, settings }: WholeAnswer, dice: Dice): AnswerScript =>
  bodyScript(part(bytes, dice), right, settings);

/** What becomes of a whole answer, for the faults that show in it. */
const wholeScripts: Partial<Record<Fault, (whole: WholeAnswer, dice: Dice) => AnswerScript>> = {
  "stall after the head": ({ right, settings }) => ({
    ...bodyScript(Buffer.alloc(0), right, settings),
    finale: "silence",
  }),
  "stall in the middle": (answer, dice) => ({ ...cutOff(answer, dice), finale: "silence" }),
  "end in the middle": cutOff,
  "broken event": cutOff,
  "cut in the middle": (answer, dice) => ({ ...cutOff(answer, dice), finale: "cut" }),
  "error before content": ({ right, settings }) =>
    bodyScript(Buffer.from(JSON.stringify({ error: errorBodies["503"] })), right, settings),
};

function bodyScript(
  body: Buffer,
  head: { readonly status: number; readonly headers: Readonly<Record<string, string>> },
  { pace }: ScriptSettings,
): AnswerScript {
  const half = Math.floor(body.length / 2);
  const ends = body.length > 40 ? [half, body.length] : body.length > 0 ? [body.length] : [];
  return {
    kind: "answers",
    headAfterMs: pace.headMs,
    ...head,
    body,
    frames: [],
    slices: ends.map((end, index) => ({ end, afterMs: index === 0 ? pace.firstMs : pace.frameMs })),
    hintMs: null,
    finale: "end",
    finaleAfterMs: 0,
  };
}
