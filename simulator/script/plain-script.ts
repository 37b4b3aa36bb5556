import { gzipSync } from "node:zlib";
import type { Behaviour } from "../behaviour.ts";
import type { CallFacts } from "../dialect.ts";
import type { FaultName } from "../faults.data.ts";
import type { Script, Step } from "../script.ts";
import { manyHeaders } from "./answerless.ts";
import type { PlainAnswer } from "./plain-answer.ts";
import { PlainCall } from "./plain-call.ts";
import { json, plainHead } from "./whole-answers.ts";

const cut = (...steps: Step[]): Script => ({ steps, outcome: "cut_by_us" });
const full = (...steps: Step[]): Script => ({ steps, outcome: "complete" });

const halfJson = (call: PlainCall): Script =>
  cut(...call.waits(), call.whole(call.body.slice(0, call.body.length >> 1)));

const errorBody = (call: PlainCall): Script => ({
  steps: [...call.waits(), call.errorBody()],
  outcome: "error",
});

/** What each fault makes of a plain answer; those that are not here leave it as it is. */
const plainFaults: Partial<Record<FaultName, (call: PlainCall) => Script>> = {
  "stall-body": (call) => cut(...call.waits(), call.head(), { do: "stall" }),
  "stall-role": (call) => cut(...call.waits(), call.head(), call.part(0.5), { do: "stall" }),
  stall: (call) => cut(...call.waits(), call.head(), call.strikePart(), { do: "stall" }),
  "cut-fin": (call) =>
    cut(...call.waits(), call.head(), call.strikePart(), { do: "cut", how: "fin" }),
  "cut-rst": (call) =>
    cut(...call.waits(), call.head(), call.strikePart(), { do: "cut", how: "rst" }),
  "cut-clean": halfJson,
  "broken-event": halfJson,
  "truncated-frame": halfJson,
  "no-terminal": halfJson,
  "error-first": errorBody,
  "error-event": errorBody,
  endless: (call) => cut(...call.waits(), ...call.endlessText(), { do: "cut", how: "fin" }),
  "double-terminal": (call) => full(...call.waits(), call.whole(call.body + call.body)),
  "content-after-end": (call) => full(...call.waits(), call.whole(`${call.body}\nand more`)),
  "odd-framing": (call) => {
    const spaced = JSON.stringify(JSON.parse(call.body), null, "\t").replaceAll("\n", "\r\n");
    return full(...call.waits(), call.whole(`\r\n ${spaced} \n`));
  },
  "huge-line": (call) => full(...call.waits(), ...call.hugeText()),
  gzip: (call) =>
    full(...call.waits(), call.whole(gzipSync(call.body), ["content-encoding", "gzip"])),
  "many-headers": (call) => full(...call.waits(), call.whole(call.body, manyHeaders())),
};

/** The plain body of an answer under a behaviour. */
export const plainScript = (
  answer: PlainAnswer,
  facts: CallFacts,
  behaviour: Behaviour,
): Script => {
  const { fault, firstTokenMs, tokensPerSecond, pauseAfter } = behaviour;
  const isPaced = tokensPerSecond !== null || firstTokenMs > 0 || pauseAfter !== null;
  if (fault === null && !isPaced) {
    const body = answer.body(facts, null);
    const length = answer.bytes(facts, body);
    const head = plainHead(answer.dialect, [200, json], { length, id: facts.id });
    head.headers.push(...answer.headers(facts));
    return full({ do: "whole", head, body, tokens: answer.reply.tokens.output });
  }
  const call = new PlainCall(answer, facts, behaviour);
  const faulty = fault === null ? undefined : plainFaults[fault];
  return faulty?.(call) ?? full(...call.waits(), call.whole(call.body));
};
