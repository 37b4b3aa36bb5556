import type { CallFacts, Dialect } from "../dialect.ts";
import type { FaultName } from "../faults.data.ts";
import type { Reply } from "../reply.ts";
import { blocksOf, inputOf, type Block } from "../script/blocks.ts";
import type { PlainAnswer } from "../script/plain-answer.ts";
import { signatureOf } from "../signature.ts";
import { bedrock } from "./dialect.ts";
import { endMembers } from "./stop-reason.ts";
import { signer } from "./stream-words.ts";
import { toolUseId } from "./tool-use-id.ts";
import { usageJson } from "./usage.ts";

const contentOf = (block: Block): object => {
  const text = block.pieces.join("");
  switch (block.kind) {
    case "text":
      return { text };
    case "thinking":
      return {
        reasoningContent: { reasoningText: { text, signature: signatureOf(signer, text) } },
      };
    case "tool": {
      const { id, name } = block.call;
      return { toolUse: { toolUseId: toolUseId(id), name, input: inputOf(block.call) } };
    }
  }
};

const metrics = '"metrics":{"latencyMs":1}';

/** A whole answer of Converse; native answers of Nova have the same shape. */
export class ConverseAnswer implements PlainAnswer {
  readonly dialect: Dialect = bedrock;
  readonly reply: Reply;
  readonly headers: (facts: CallFacts) => readonly string[];
  readonly #said: string;
  readonly #usage: string | null;

  constructor(reply: Reply, headers: (facts: CallFacts) => readonly string[]) {
    this.reply = reply;
    this.headers = headers;
    const [choice] = reply.choices;
    const content = choice === undefined ? [] : blocksOf(choice).map(contentOf);
    const output = { output: { message: { role: "assistant", content } } };
    const end = choice === undefined ? {} : endMembers(choice);
    this.#said = JSON.stringify({ ...output, ...end }).slice(0, -1);
    this.#usage = usageJson(reply.tokens, null);
  }

  body(facts: CallFacts, fault: FaultName | null): string {
    const isUsual = fault === null && facts.tokens === this.reply.tokens;
    const usage = isUsual ? this.#usage : usageJson(facts.tokens, fault);
    return `${this.#said}${usage === null ? "" : `,"usage":${usage}`},${metrics}}`;
  }

  bytes(_: CallFacts, body: string): number {
    return Buffer.byteLength(body);
  }

  around(facts: CallFacts): [before: string, after: string] {
    const usage = usageJson(facts.tokens, null) ?? "{}";
    return [
      '{"output":{"message":{"role":"assistant","content":[{"text":"',
      `"}]}},"stopReason":"end_turn","usage":${usage},${metrics}}`,
    ];
  }
}
