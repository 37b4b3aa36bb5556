import type { AnswerContext } from "../canonical/codec.ts";
import type { CanonicalEvent } from "../canonical/event.ts";
import { AnswerSum, inputOf, type SumBlock } from "./answer-sum.ts";
import { membersOf } from "./written-block.ts";
import { messageHead, messageUsage, newBlock, writeEnd } from "./message-words.ts";

function blockJson({ begun, said, signature, citations }: Readonly<SumBlock>): string {
  const begin = newBlock(begun);
  switch (begun.kind) {
    case "text":
      return JSON.stringify({
        ...begin,
        text: said,
        ...(citations.length === 0 ? {} : { citations }),
      });
    case "thinking":
      return JSON.stringify({ ...begin, thinking: said, signature });
    case "redacted":
      return JSON.stringify(begin);
    case "tool": {
      // Arguments as they were written: a number keeps its literal.
      const { input: _, ...others } = { input: null, ...begin };
      return `{${membersOf(others)},"input":${inputOf(said)}}`;
    }
  }
}

/** The events of a complete answer as one message. */
export function encodeAnswer(events: readonly CanonicalEvent[], context: AnswerContext): string {
  const sum = new AnswerSum(events);
  const { finish: reason, stopSequence, hasCalls } = sum;
  const content = sum.blocks.map(blockJson).join(",");
  const head = JSON.stringify(messageHead(sum.model, context)).slice(0, -1);
  const tail = JSON.stringify({
    ...writeEnd({ reason, stopSequence, hasCalls }),
    diagnostics: null,
    usage: messageUsage(sum.usage),
  }).slice(1);
  return `${head},"content":[${content}],${tail}`;
}
