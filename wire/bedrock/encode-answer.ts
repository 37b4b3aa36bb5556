import { AnswerSum, inputOf, type SumBlock } from "../anthropic/answer-sum.ts";
import type { AnswerContext } from "../canonical/codec.ts";
import type { CanonicalEvent } from "../canonical/event.ts";
import { noUsage } from "../canonical/usage.ts";
import { writeCitation } from "./citation.ts";
import { messageEnd } from "./message-end.ts";
import { writeUsage } from "./usage.ts";

function blockJson({ begun, said, signature, citations }: Readonly<SumBlock>): string {
  switch (begun.kind) {
    case "text": {
      const written = citations.map(writeCitation).filter((each) => each !== null);
      return written.length === 0
        ? JSON.stringify({ text: said })
        : JSON.stringify({ citationsContent: { content: [{ text: said }], citations: written } });
    }
    case "thinking": {
      const signed = signature === "" ? {} : { signature };
      return JSON.stringify({ reasoningContent: { reasoningText: { text: said, ...signed } } });
    }
    case "redacted":
      return JSON.stringify({ reasoningContent: { redactedContent: begun.data } });
    case "tool": {
      const head = JSON.stringify({ toolUseId: begun.id, name: begun.name }).slice(0, -1);
      // Arguments as they were written: a number keeps its literal.
      return `{"toolUse":${head},"input":${inputOf(said)}}}`;
    }
  }
}

/** The blocks of an answer: Nova's native ones are the same. */
export const contentJson = ({ blocks }: AnswerSum): string =>
  `[${blocks.map(blockJson).join(",")}]`;

/** The events of a complete answer as one answer of Converse. */
export function encodeAnswer(events: readonly CanonicalEvent[], context: AnswerContext): string {
  const sum = new AnswerSum(events);
  const { finish: reason, stopSequence, hasCalls } = sum;
  const tail = JSON.stringify({
    ...messageEnd({ reason, stopSequence, hasCalls }),
    // Clients read it without asking whether it is there.
    usage: writeUsage(sum.usage ?? noUsage),
    metrics: { latencyMs: context.timing().latencyMs },
  }).slice(1);
  return `{"output":{"message":{"role":"assistant","content":${contentJson(sum)}}},${tail}`;
}
