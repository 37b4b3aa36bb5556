import type { CallFacts } from "../dialect.ts";
import type { FaultName } from "../faults.data.ts";
import type { Choice, Reply } from "../reply.ts";
import { blocksOf, type Block } from "../script/blocks.ts";
import type { EventWords, StreamEvent } from "../script/event-answer.ts";
import { finishReason } from "./finish-reason.ts";
import { partJson, signatureFor } from "./parts.ts";
import { promptUsageJson, usageJson } from "./usage.ts";

const chunk = (part: string, rest = ""): StreamEvent => ({
  name: "chunk",
  json: `{"candidates":[{"content":{"role":"model","parts":[${part}]}${rest}`,
});

const noText = '{"text":""}';

/** A call is said in one piece here: its arguments are an object, not a text. */
export const withWholeCalls = (reply: Reply): Reply => ({
  ...reply,
  choices: reply.choices.map((choice) => ({
    ...choice,
    calls: choice.calls.map(({ pieces, ...call }) => ({
      ...call,
      nameTokens: call.nameTokens + Math.max(0, pieces.length - 1),
      pieces: [pieces.join("")],
    })),
  })),
});

/** The chunks of an answer. */
export class ChunkWords implements EventWords {
  readonly terminals = 1;
  readonly #model: string;
  readonly #blocks: readonly Block[];

  constructor(model: string, choice: Choice | undefined) {
    this.#model = JSON.stringify(model);
    this.#blocks = choice === undefined ? [] : blocksOf(choice);
  }

  opening(facts: CallFacts, fault: FaultName | null): readonly StreamEvent[] {
    const usage = promptUsageJson(facts.tokens, fault);
    return [chunk(noText, `,"index":0}]${this.#tail(facts, usage)}`)];
  }

  /** A text is signed ahead of its first piece. */
  start(index: number, block: Block): readonly StreamEvent[] {
    const signature = signatureFor(this.#blocks, index);
    if (block.kind !== "text" || signature === "") return [];
    return [chunk(partJson(block, "", signature), ',"index":0}]}')];
  }

  delta(index: number, block: Block, piece: string): StreamEvent {
    const signature = block.kind === "tool" ? signatureFor(this.#blocks, index) : "";
    return chunk(partJson(block, piece, signature), ',"index":0}]}');
  }

  stop(): readonly StreamEvent[] {
    return [];
  }

  closing(choice: Choice, facts: CallFacts, fault: FaultName | null): readonly StreamEvent[] {
    const finish = `,"finishReason":"${finishReason(choice)}","index":0}]`;
    return [chunk(noText, finish + this.#tail(facts, usageJson(facts.tokens, fault)))];
  }

  #tail({ id }: CallFacts, usage: string | null): string {
    const counted = usage === null ? "" : `,"usageMetadata":${usage}`;
    return `${counted},"modelVersion":${this.#model},"responseId":"${id}"}`;
  }
}
