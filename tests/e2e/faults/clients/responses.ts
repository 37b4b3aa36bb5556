import assert from "node:assert/strict";
import { toolName, toolSchema, type FaultClient } from "./fault-client.ts";
import { errorWords, headersOf, openaiWords, type ErrorBody } from "./openai-words.ts";
import { sseEvents } from "./sse-events.ts";
import { toldOnce, ToldSum } from "./told.ts";

/** As much of a response as is looked at. */
interface Shown {
  readonly status: string;
  readonly incomplete_details: { readonly reason: string } | null;
  readonly output: readonly ShownItem[];
}

interface ShownItem {
  readonly type: string;
  readonly content?: readonly ShownPart[];
  readonly arguments?: string;
}

interface ShownPart {
  readonly text?: string;
  readonly refusal?: string;
}

interface ShownEvent {
  readonly type: string;
  readonly sequence_number: number;
  readonly delta?: string;
  readonly item?: ShownItem;
  readonly response?: Shown;
}

const textOf = ({ output }: Shown): string =>
  output
    .flatMap(({ content = [] }) => content)
    .map(({ text = "", refusal = "" }) => text + refusal)
    .join("");

const callsOf = ({ output }: Shown): string[] =>
  output.flatMap((item) => (item.type === "function_call" ? [item.arguments ?? ""] : []));

const reasonOf = ({ status, incomplete_details: incomplete }: Shown): string =>
  incomplete?.reason ?? status;

const deltas: ReadonlySet<string> = new Set([
  "response.output_text.delta",
  "response.refusal.delta",
]);
const ends: ReadonlySet<string> = new Set(["response.completed", "response.incomplete"]);

/** The events of one stream, each in its place. */
class EventReader {
  readonly sum = new ToldSum();
  #number = 0;
  #hasFailed = false;

  event(event: ShownEvent): void {
    assert.equal(event.sequence_number, this.#number, "no number is left out");
    this.#number += 1;
    assert.ok(!this.#hasFailed, "nothing stands behind response.failed");
    const { type, delta = "", item, response } = event;
    if (deltas.has(type)) this.sum.said(delta);
    else if (type === "response.function_call_arguments.delta") this.sum.called(delta);
    else if (type === "response.output_item.added") this.#add(item);
    else if (type === "error") this.sum.error(errorWords(event as unknown as ErrorBody));
    else if (type === "response.failed") this.#fail(response);
    else if (ends.has(type)) this.#end(response);
  }

  #add(item: ShownItem | undefined): void {
    if (item?.type === "function_call") this.sum.call();
  }

  #fail(response: Shown | undefined): void {
    assert.equal(response?.status, "failed");
    assert.notEqual(this.sum.told.error, null, "its error stands before it");
    this.#hasFailed = true;
  }

  #end(response: Shown | undefined): void {
    assert.ok(response);
    const { text, calls } = this.sum.told;
    assert.equal(textOf(response), text, "the whole is what its pieces are");
    assert.deepEqual(callsOf(response), calls, "and so are its calls");
    this.sum.reason(reasonOf(response));
    this.sum.end();
  }
}

const tools = [{ type: "function", name: toolName, parameters: toolSchema, strict: false }];

/** OpenAI's Responses. */
export const responsesClient = (key: string): FaultClient => ({
  surface: "openai.responses",

  request: ({ text, maxTokens, tool, ...rest }) => ({
    path: "/v1/responses",
    headers: headersOf(key),
    body: {
      ...rest,
      max_output_tokens: maxTokens,
      input: text,
      ...(tool ? { tools, tool_choice: "required" } : {}),
    },
  }),

  readAnswer(body) {
    const response = JSON.parse(body.toString()) as Shown;
    return toldOnce(textOf(response), callsOf(response), reasonOf(response));
  },

  readStream(body) {
    const reader = new EventReader();
    for (const { name, data } of sseEvents(body)) {
      const event = JSON.parse(data) as ShownEvent;
      assert.equal(name, event.type, "an event has its type for a name");
      reader.event(event);
    }
    return reader.sum.told;
  },

  ...openaiWords,
});
