import type { CallFacts, Dialect } from "../dialect.ts";
import type { FaultName } from "../faults.data.ts";
import type { Choice, Reply } from "../reply.ts";
import { blocksOf } from "../script/blocks.ts";
import type { PlainAnswer } from "../script/plain-answer.ts";
import { gemini } from "./dialect.ts";
import { finishReason } from "./finish-reason.ts";
import { partJson, signatureFor } from "./parts.ts";
import { usageJson } from "./usage.ts";

const candidateJson = (choice: Choice, index: number): string => {
  const blocks = blocksOf(choice);
  const parts = blocks.map((block, at) =>
    partJson(block, block.pieces.join(""), signatureFor(blocks, at)),
  );
  const content = `{"parts":[${parts.join(",")}],"role":"model"}`;
  return `{"content":${content},"finishReason":"${finishReason(choice)}","index":${index}}`;
};

/** A whole answer, written once but for what differs from call to call. */
export class GenerateAnswer implements PlainAnswer {
  readonly dialect: Dialect = gemini;
  readonly reply: Reply;
  readonly #model: string;
  readonly #candidates: string;

  constructor(model: string, reply: Reply) {
    this.reply = reply;
    this.#model = JSON.stringify(model);
    this.#candidates = `"candidates":[${reply.choices.map(candidateJson).join(",")}]`;
  }

  body(facts: CallFacts, fault: FaultName | null): string {
    return `{${this.#candidates}${this.#tail(facts, fault)}`;
  }

  bytes(_: CallFacts, body: string): number {
    return Buffer.byteLength(body);
  }

  around(facts: CallFacts): [before: string, after: string] {
    const after = `"}],"role":"model"},"finishReason":"STOP","index":0}]${this.#tail(facts, null)}`;
    return ['{"candidates":[{"content":{"parts":[{"text":"', after];
  }

  headers(): readonly string[] {
    return [];
  }

  #tail(facts: CallFacts, fault: FaultName | null): string {
    const usage = usageJson(facts.tokens, fault);
    const counted = usage === null ? "" : `,"usageMetadata":${usage}`;
    return `${counted},"modelVersion":${this.#model},"responseId":"${facts.id}"}`;
  }
}
