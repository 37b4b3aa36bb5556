import type { EventWords, StreamEvent } from "../script/event-answer.ts";
import { converseWords } from "./stream-words.ts";

/** Nova's native events are those of Converse, each inside of its name. */
const inName = ({ name, json }: StreamEvent): StreamEvent => ({
  name,
  json: `{"${name}":${json}}`,
});

const all = (events: readonly StreamEvent[]): StreamEvent[] => events.map(inName);

/** The events of a native stream of Nova's. */
export const novaWords: EventWords = {
  terminals: converseWords.terminals,
  opening: (facts, fault) => all(converseWords.opening(facts, fault)),
  start: (index, block) => all(converseWords.start(index, block)),
  delta: (index, block, piece) => inName(converseWords.delta(index, block, piece)),
  stop: (index, block) => all(converseWords.stop(index, block)),
  closing: (choice, facts, fault) => all(converseWords.closing(choice, facts, fault)),
};
