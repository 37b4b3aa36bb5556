import { gzipSync } from "node:zlib";
import type { Behaviour } from "../behaviour.ts";
import type { CallFacts } from "../dialect.ts";
import type { FaultName } from "../faults.data.ts";
import { RepeatedFrames, type Script, type Step } from "../script.ts";
import { errorFaults } from "./errors.data.ts";
import { errorJson, errorStep, isErrorFault, wholeBody } from "./errors.ts";

export const eventStream = "text/event-stream; charset=utf-8";
export const json = "application/json";

const privateAddress = "http://169.254.169.254/latest/meta-data/";

const proxyPage = (status: number, words: string): string =>
  `<html>\r\n<head><title>${status} ${words}</title></head>\r\n<body>\r\n` +
  `<center><h1>${status} ${words}</h1></center>\r\n</body>\r\n</html>\r\n`;

const htmlPage = "<!DOCTYPE html><html><body><h1>Welcome</h1><p>Please log in.</p></body></html>";

const bombMemberBytes = 2 ** 20;
const bombBytes = 2 ** 30;

interface Answerless {
  readonly facts: CallFacts;
  readonly behaviour: Behaviour;
  readonly contentType: string;
}

/** A gzip file may be a row of members: the bomb is never held, neither unpacked nor packed. */
const bombSteps = ({ facts, behaviour, contentType }: Answerless): Step[] => {
  const member = gzipSync(Buffer.alloc(bombMemberBytes, " "));
  const count = Math.ceil((behaviour.faultBytes ?? bombBytes) / bombMemberBytes);
  const headers = ["content-type", contentType, "content-encoding", "gzip"];
  return [
    { do: "head", head: { status: 200, headers: [...headers, "x-request-id", facts.id] } },
    { do: "send", data: gzipSync(contentType === json ? '{"id":"' : "data: "), tokens: 0 },
    { do: "run", frames: new RepeatedFrames(member, count, 0), framesPerSecond: null },
    { do: "end" },
  ];
};

const redirectStep = (id: string): Step => {
  const step = wholeBody(307, ["text/plain", ""], id);
  const headers = [...step.head.headers, "location", privateAddress];
  return { ...step, head: { status: 307, headers } };
};

/** Faults that give no answer at all; null: not on this call. */
const answerless: Partial<Record<FaultName, (call: Answerless) => Step[] | null>> = {
  "502": ({ facts }) => [wholeBody(502, ["text/html", proxyPage(502, "Bad Gateway")], facts.id)],
  "504": ({ facts }) => [wholeBody(504, ["text/html", proxyPage(504, "Time-out")], facts.id)],
  "empty-body": ({ facts, contentType }) => [wholeBody(200, [contentType, ""], facts.id)],
  "html-body": ({ facts }) => [wholeBody(200, ["text/html; charset=utf-8", htmlPage], facts.id)],
  "empty-object": ({ facts }) => [wholeBody(200, [json, "{}"], facts.id)],
  "error-body": ({ facts }) => [wholeBody(200, [json, errorJson(errorFaults["500"])], facts.id)],
  "close-fin": () => [{ do: "cut", how: "fin" }],
  "close-rst": () => [{ do: "cut", how: "rst" }],
  "keepalive-race": ({ facts }) => (facts.isReused ? [{ do: "cut", how: "rst" }] : null),
  "stall-head": () => [{ do: "stall" }],
  bomb: bombSteps,
  redirect: ({ facts }) => [redirectStep(facts.id)],
};

const stepsOf = (call: Answerless): Step[] | null => {
  const { fault } = call.behaviour;
  if (fault === null) return null;
  if (isErrorFault(fault)) return [errorStep(fault, call.behaviour, call.facts.id)];
  return answerless[fault]?.(call) ?? null;
};

/** The script of a fault that gives no answer at all, null for every other behaviour. */
export const answerlessScript = (
  facts: CallFacts,
  behaviour: Behaviour,
  contentType: string,
): Script | null => {
  if (behaviour.fault === null) return null;
  const steps = stepsOf({ facts, behaviour, contentType });
  if (steps === null) return null;
  const wait: Step = { do: "wait", ms: behaviour.firstTokenMs, tokens: 0 };
  const isCut = steps[0]?.do === "cut" || steps[0]?.do === "stall";
  return { steps: [wait, ...steps], outcome: isCut ? "cut_by_us" : "error" };
};

/** 5,000 headers, flat. */
export const manyHeaders = (): string[] =>
  Array.from({ length: 5_000 }, (_, n) => [`x-simulated-${n}`, "value"]).flat();
