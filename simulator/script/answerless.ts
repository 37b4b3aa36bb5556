import { gzipSync } from "node:zlib";
import type { Behaviour } from "../behaviour.ts";
import type { CallFacts, Dialect } from "../dialect.ts";
import { isErrorFault, streamErrors, type FaultName } from "../faults.data.ts";
import { RepeatedFrames, type Script, type Step } from "../script.ts";
import { errorBodyStep, errorStep, json, wholeBody } from "./whole-answers.ts";

const privateAddress = "http://169.254.169.254/latest/meta-data/";

const proxyPage = (status: number, words: string): string =>
  `<html>\r\n<head><title>${status} ${words}</title></head>\r\n<body>\r\n` +
  `<center><h1>${status} ${words}</h1></center>\r\n</body>\r\n</html>\r\n`;

const htmlPage = "<!DOCTYPE html><html><body><h1>Welcome</h1><p>Please log in.</p></body></html>";

const bombMemberBytes = 2 ** 20;
const bombBytes = 2 ** 30;

/** One call that may get no answer at all. */
export interface AskedInVain {
  readonly dialect: Dialect;
  readonly facts: CallFacts;
  readonly behaviour: Behaviour;
  readonly contentType: string;
}

/** A gzip file may be a row of members: the bomb is never held, neither unpacked nor packed. */
const bombSteps = ({ dialect, facts, behaviour, contentType }: AskedInVain): Step[] => {
  const member = gzipSync(Buffer.alloc(bombMemberBytes, " "));
  const count = Math.ceil((behaviour.faultBytes ?? bombBytes) / bombMemberBytes);
  const headers = ["content-type", contentType, "content-encoding", "gzip"];
  const id = dialect.requestId(facts.id);
  return [
    { do: "head", head: { status: 200, headers: [...headers, dialect.idHeader, id] } },
    { do: "send", data: gzipSync(contentType === json ? '{"id":"' : "data: "), tokens: 0 },
    { do: "run", frames: new RepeatedFrames(member, count, 0), framesPerSecond: null },
    { do: "end" },
  ];
};

const redirectStep = ({ dialect, facts }: AskedInVain): Step => {
  const step = wholeBody(dialect, [307, "text/plain", ""], facts.id);
  const headers = [...step.head.headers, "location", privateAddress];
  return { ...step, head: { status: 307, headers } };
};

const page =
  (status: number, contentType: string, body: string) =>
  ({ dialect, facts }: AskedInVain): Step[] => [
    wholeBody(dialect, [status, contentType, body], facts.id),
  ];

/** Faults that give no answer at all; null: not on this call. */
const answerless: Partial<Record<FaultName, (call: AskedInVain) => Step[] | null>> = {
  "502": page(502, "text/html", proxyPage(502, "Bad Gateway")),
  "504": page(504, "text/html", proxyPage(504, "Time-out")),
  "empty-body": (call) => page(200, call.contentType, "")(call),
  "html-body": page(200, "text/html; charset=utf-8", htmlPage),
  "empty-object": page(200, json, "{}"),
  "error-body": ({ dialect, facts }) => [errorBodyStep(dialect, facts.id)],
  "close-fin": () => [{ do: "cut", how: "fin" }],
  "close-rst": () => [{ do: "cut", how: "rst" }],
  "keepalive-race": ({ facts }) => (facts.isReused ? [{ do: "cut", how: "rst" }] : null),
  "stall-head": () => [{ do: "stall" }],
  bomb: bombSteps,
  redirect: (call) => [redirectStep(call)],
};

const stepsOf = (call: AskedInVain): Step[] | null => {
  const { dialect, behaviour, facts } = call;
  const { fault } = behaviour;
  if (fault === null) return null;
  const { id } = facts;
  if (isErrorFault(fault)) return [errorStep(dialect, fault, { behaviour, id })];
  const inStream = streamErrors[fault];
  if (inStream !== undefined && call.contentType === json) {
    return [errorStep(dialect, inStream, { behaviour, id })];
  }
  return answerless[fault]?.(call) ?? null;
};

/** The script of a fault that gives no answer at all, null for every other behaviour. */
export const answerlessScript = (call: AskedInVain): Script | null => {
  const steps = stepsOf(call);
  if (steps === null) return null;
  const wait: Step = { do: "wait", ms: call.behaviour.firstTokenMs, tokens: 0 };
  const isCut = steps[0]?.do === "cut" || steps[0]?.do === "stall";
  return { steps: [wait, ...steps], outcome: isCut ? "cut_by_us" : "error" };
};

/** 5,000 headers, flat. */
export const manyHeaders = (): string[] =>
  Array.from({ length: 5_000 }, (_, n) => [`x-simulated-${n}`, "value"]).flat();
