import type { CallFacts, Dialect } from "../dialect.ts";
import type { FaultName } from "../faults.data.ts";
import { plainInput, type Finish, type Reply } from "../reply.ts";
import type { EventWords } from "../script/event-answer.ts";
import type { PlainAnswer } from "../script/plain-answer.ts";
import { usageView } from "../script/usage-view.ts";
import { bedrock } from "./dialect.ts";
import { usageHeaders } from "./usage.ts";

const reasons: Readonly<Record<Finish, string>> = {
  stop: "FINISH",
  length: "LENGTH",
  tool: "FINISH",
  filter: "CONTENT_FILTERED",
  guardrail: "CONTENT_FILTERED",
};

interface Counts {
  readonly input: number | string | null;
  readonly output: number | string | null;
}

const countsOf = ({ tokens }: CallFacts, fault: FaultName | null): Counts => {
  const view = usageView(tokens, fault);
  if (view === null) return { input: null, output: null };
  return { input: view.write(plainInput(view.tokens)), output: view.write(view.tokens.output) };
};

const eventOf = (text: string, reason: string | null, counts: Counts): string =>
  JSON.stringify({
    outputText: text,
    index: 0,
    totalOutputTextTokenCount: counts.output,
    completionReason: reason,
    inputTextTokenCount: counts.input,
  });

const uncounted: Counts = { input: null, output: null };

/** The events of a native stream of Titan's. */
export const titanWords: EventWords = {
  terminals: 1,
  opening: () => [],
  start: () => [],
  delta: (_, __, piece) => ({ name: "text", json: eventOf(piece, null, uncounted) }),
  stop: () => [],
  closing: ({ finish }, facts, fault) => [
    { name: "end", json: eventOf("", reasons[finish], countsOf(facts, fault)) },
  ],
};

/** A whole native answer of Titan's. */
export class TitanAnswer implements PlainAnswer {
  readonly dialect: Dialect = bedrock;
  readonly reply: Reply;

  constructor(reply: Reply) {
    this.reply = reply;
  }

  body(facts: CallFacts, fault: FaultName | null): string {
    const [choice] = this.reply.choices;
    const counts = countsOf(facts, fault);
    const outputText = choice?.pieces?.join("") ?? "";
    const completionReason = reasons[choice?.finish ?? "stop"];
    const results = [{ tokenCount: counts.output, outputText, completionReason }];
    return JSON.stringify({ inputTextTokenCount: counts.input, results });
  }

  bytes(_: CallFacts, body: string): number {
    return Buffer.byteLength(body);
  }

  around(facts: CallFacts): [before: string, after: string] {
    const { input, output } = countsOf(facts, null);
    const before = `{"inputTextTokenCount":${input},"results":[{"tokenCount":${output},`;
    return [`${before}"outputText":"`, '","completionReason":"FINISH"}]}'];
  }

  headers({ tokens }: CallFacts): readonly string[] {
    return usageHeaders(tokens);
  }
}
