import type { CallFacts } from "../dialect.ts";
import type { FaultName } from "../faults.data.ts";
import type { Choice } from "../reply.ts";
import type { Block } from "../script/blocks.ts";
import type { EventWords, StreamEvent } from "../script/event-answer.ts";
import { signatureOf } from "../signature.ts";
import { endMembers } from "./stop-reason.ts";
import { toolUseId } from "./tool-use-id.ts";
import { endUsageJson, startUsageJson } from "./usage.ts";

const event = (name: string, members: string): StreamEvent => ({
  name,
  json: `{"type":"${name}"${members === "" ? "" : `,${members}`}}`,
});

const ping = event("ping", "");
const messageStop = event("message_stop", "");

const startOf = (block: Block): string => {
  switch (block.kind) {
    case "text":
      return '{"type":"text","text":""}';
    case "thinking":
      return '{"type":"thinking","thinking":"","signature":""}';
    case "tool": {
      const { id, name } = block.call;
      const called = `"id":"${toolUseId(id)}","name":${JSON.stringify(name)},"input":{}`;
      return `{"type":"tool_use",${called},"caller":{"type":"direct"}}`;
    }
  }
};

const deltaOf = (block: Block, piece: string): string => {
  const text = JSON.stringify(piece);
  switch (block.kind) {
    case "text":
      return `{"type":"text_delta","text":${text}}`;
    case "thinking":
      return `{"type":"thinking_delta","thinking":${text}}`;
    case "tool":
      return `{"type":"input_json_delta","partial_json":${text}}`;
  }
};

const usageMember = (usage: string | null): string => (usage === null ? "" : `,"usage":${usage}`);

/** The events of a message, as Anthropic's own API and Bedrock's native streams have them. */
export class MessageWords implements EventWords {
  readonly terminals = 1;
  readonly #model: string;
  readonly #signer: string;

  /** `signer`: whose signature stands under reasoning. */
  constructor(model: string, signer: string) {
    this.#model = JSON.stringify(model);
    this.#signer = signer;
  }

  opening(facts: CallFacts, fault: FaultName | null): readonly StreamEvent[] {
    const usage = usageMember(startUsageJson(facts.tokens, fault));
    const message =
      `{"model":${this.#model},"id":"${facts.id}","type":"message","role":"assistant",` +
      `"content":[],"container":null,"stop_reason":null,"stop_sequence":null,` +
      `"stop_details":null${usage}}`;
    return [event("message_start", `"message":${message}`)];
  }

  start(index: number, block: Block): readonly StreamEvent[] {
    const members = `"index":${index},"content_block":${startOf(block)}`;
    const started = [event("content_block_start", members)];
    return index === 0 ? [...started, ping] : started;
  }

  delta(index: number, block: Block, piece: string): StreamEvent {
    return this.#delta(index, deltaOf(block, piece));
  }

  stop(index: number, block: Block): readonly StreamEvent[] {
    const stopped = event("content_block_stop", `"index":${index}`);
    if (block.kind !== "thinking") return [stopped];
    const signature = signatureOf(this.#signer, block.pieces.join(""));
    const signed = `{"type":"signature_delta","signature":"${signature}"}`;
    return [this.#delta(index, signed), stopped];
  }

  closing(choice: Choice, facts: CallFacts, fault: FaultName | null): readonly StreamEvent[] {
    const usage = usageMember(endUsageJson(facts.tokens, fault));
    const delta = `"delta":{"container":null,${endMembers(choice)}}${usage}`;
    return [event("message_delta", delta), messageStop];
  }

  #delta(index: number, delta: string): StreamEvent {
    return event("content_block_delta", `"index":${index},"delta":${delta}`);
  }
}
