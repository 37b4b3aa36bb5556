import { gzipSync } from "node:zlib";
import type { Behaviour } from "../behaviour.ts";
import type { CallFacts } from "../dialect.ts";
import type { FaultName } from "../faults.data.ts";
import { RepeatedFrames, type Head, type Script, type Step } from "../script.ts";
import { json, manyHeaders } from "./answerless.ts";
import { errorFaults } from "./errors.data.ts";
import { errorJson, plainHead, wholeBody } from "./errors.ts";
import type { PlainAnswer } from "./plain-answer.ts";

const hugeTextBytes = 64 * 2 ** 20;
const hugeTextStep = 64 * 2 ** 10;
const endlessTokens = 100_000_000;

/** One call of a plain answer: the parts from which faults and pace make a script. */
class PlainCall {
  readonly id: string;
  readonly body: string;
  readonly #answer: PlainAnswer;
  readonly #facts: CallFacts;
  readonly #behaviour: Behaviour;

  constructor(answer: PlainAnswer, facts: CallFacts, behaviour: Behaviour) {
    this.id = facts.id;
    this.body = answer.body(facts, behaviour.fault);
    this.#answer = answer;
    this.#facts = facts;
    this.#behaviour = behaviour;
  }

  /** A plain answer leaves when its last token exists. */
  waits(): Step[] {
    const { firstTokenMs, tokensPerSecond } = this.#behaviour;
    const tokens = this.#answer.reply.tokens.output;
    const ms = tokensPerSecond === null ? 0 : (tokens * 1000) / tokensPerSecond;
    return [
      { do: "wait", ms: firstTokenMs, tokens: 0 },
      { do: "wait", ms, tokens },
    ];
  }

  whole(body: string | Buffer, more: readonly string[] = []): Step {
    const head = this.#headFor(Buffer.byteLength(body));
    return {
      do: "whole",
      head: { ...head, headers: [...head.headers, ...more] },
      body,
      tokens: this.#answer.reply.tokens.output,
    };
  }

  head(): Step {
    return { do: "head", head: this.#headFor(Buffer.byteLength(this.body)) };
  }

  /** As much of the body as the fault lets through. */
  strikePart(): Step {
    return this.part(this.#behaviour.afterTokens / Math.max(1, this.#answer.reply.tokens.output));
  }

  /** The beginning of the body, never all of it. */
  part(share: number): Step {
    const bytes = Buffer.from(this.body);
    const length = Math.min(bytes.length - 1, Math.floor(bytes.length * share));
    return { do: "send", data: bytes.subarray(0, length), tokens: 0 };
  }

  hugeText(): Step[] {
    const bytes = this.#behaviour.faultBytes ?? hugeTextBytes;
    const data = Buffer.alloc(Math.min(bytes, hugeTextStep), "a");
    const frames = new RepeatedFrames(data, Math.ceil(bytes / data.length), 0);
    const [before, after] = this.#answer.around(this.#facts);
    return [
      this.#openHead(),
      { do: "send", data: before, tokens: 0 },
      { do: "run", frames, framesPerSecond: null },
      { do: "send", data: after, tokens: 0 },
      { do: "end" },
    ];
  }

  endlessText(): Step[] {
    const frames = new RepeatedFrames(" and on", endlessTokens, 1);
    const [before] = this.#answer.around(this.#facts);
    const framesPerSecond = this.#behaviour.tokensPerSecond;
    return [
      this.#openHead(),
      { do: "send", data: before, tokens: 0 },
      { do: "run", frames, framesPerSecond },
    ];
  }

  #headFor(length: number): Head {
    return plainHead(200, json, { length, id: this.id });
  }

  /** The head of a body whose length nobody knows. */
  #openHead(): Step {
    const headers = ["content-type", json, "x-request-id", this.id];
    return { do: "head", head: { status: 200, headers } };
  }
}

const cut = (...steps: Step[]): Script => ({ steps, outcome: "cut_by_us" });
const full = (...steps: Step[]): Script => ({ steps, outcome: "complete" });

const halfJson = (call: PlainCall): Script =>
  cut(...call.waits(), call.whole(call.body.slice(0, call.body.length >> 1)));

const errorBody = (call: PlainCall): Script => ({
  steps: [...call.waits(), wholeBody(200, [json, errorJson(errorFaults["500"])], call.id)],
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
  const { fault, firstTokenMs, tokensPerSecond } = behaviour;
  if (fault === null && tokensPerSecond === null && firstTokenMs === 0) {
    const head = plainHead(200, json, { length: answer.bytes(facts), id: facts.id });
    const tokens = answer.reply.tokens.output;
    return full({ do: "whole", head, body: answer.body(facts, null), tokens });
  }
  const call = new PlainCall(answer, facts, behaviour);
  const faulty = fault === null ? undefined : plainFaults[fault];
  return faulty?.(call) ?? full(...call.waits(), call.whole(call.body));
};
