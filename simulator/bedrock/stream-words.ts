import type { CallFacts } from "../dialect.ts";
import type { FaultName } from "../faults.data.ts";
import type { Choice } from "../reply.ts";
import type { Block } from "../script/blocks.ts";
import type { EventWords, StreamEvent } from "../script/event-answer.ts";
import { signatureOf } from "../signature.ts";
import { endMembers } from "./stop-reason.ts";
import { toolUseId } from "./tool-use-id.ts";
import { usageJson } from "./usage.ts";

/** Whose signature stands under reasoning. */
export const signer = "bedrock";

const messageStart: StreamEvent = { name: "messageStart", json: '{"role":"assistant"}' };

const deltaOf = (block: Block, piece: string): string => {
  const text = JSON.stringify(piece);
  switch (block.kind) {
    case "text":
      return `{"text":${text}}`;
    case "thinking":
      return `{"reasoningContent":{"text":${text}}}`;
    case "tool":
      return `{"toolUse":{"input":${text}}}`;
  }
};

const delta = (index: number, json: string): StreamEvent => ({
  name: "contentBlockDelta",
  json: `{"contentBlockIndex":${index},"delta":${json}}`,
});

/** The events of a Converse stream. The start of a text is not told. */
export const converseWords: EventWords = {
  terminals: 2,
  opening: () => [messageStart],
  start: (index: number, block: Block) => {
    if (block.kind !== "tool") return [];
    const toolUse = { toolUseId: toolUseId(block.call.id), name: block.call.name };
    const json = JSON.stringify({ contentBlockIndex: index, start: { toolUse } });
    return [{ name: "contentBlockStart", json }];
  },
  delta: (index: number, block: Block, piece: string) => delta(index, deltaOf(block, piece)),
  stop: (index: number, block: Block) => {
    const stopped = { name: "contentBlockStop", json: `{"contentBlockIndex":${index}}` };
    if (block.kind !== "thinking") return [stopped];
    const signature = signatureOf(signer, block.pieces.join(""));
    return [delta(index, JSON.stringify({ reasoningContent: { signature } })), stopped];
  },
  closing: (choice: Choice, facts: CallFacts, fault: FaultName | null) => {
    const usage = usageJson(facts.tokens, fault);
    const told = usage === null ? "" : `"usage":${usage},`;
    return [
      { name: "messageStop", json: JSON.stringify(endMembers(choice)) },
      { name: "metadata", json: `{${told}"metrics":{"latencyMs":1}}` },
    ];
  },
};
