import type { AnswerContext, EventEncoder } from "../canonical/codec.ts";
import type { CanonicalEvent, ErrorEvent } from "../canonical/event.ts";
import type { Usage } from "../canonical/usage.ts";
import { errorObject } from "../openai/errors.ts";
import { incompleteReason } from "./finish-reason.ts";
import { idBodyOf } from "./id-prefix.ts";
import { OutputWriter } from "./output-writer.ts";
import { noStart, responseJson, type ResponseState } from "./response-object.ts";

type EventOf<T extends CanonicalEvent["type"]> = Extract<CanonicalEvent, { type: T }>;

const running: ResponseState = {
  status: "in_progress",
  incomplete: null,
  error: null,
  output: [],
  usage: null,
};

/** Events as those of a response's stream. Their numbers are counted here, without a gap. */
export class ResponsesStreamEncoder implements EventEncoder {
  readonly #context: AnswerContext;
  readonly #output: OutputWriter;
  #frames = "";
  #number = 0;
  #start = noStart;
  #hasBegun = false;
  #usage: Usage | null = null;

  constructor(context: AnswerContext) {
    this.#context = context;
    this.#output = new OutputWriter(idBodyOf(context), (type, members) => {
      this.#tell(type, JSON.stringify(members).slice(1, -1));
    });
  }

  encode(event: CanonicalEvent): string {
    this.#take(event);
    const frames = this.#frames;
    this.#frames = "";
    return frames;
  }

  #take(event: CanonicalEvent): void {
    switch (event.type) {
      case "start":
        this.#start = event;
        return this.#begin();
      case "usage":
        this.#usage = event.usage;
        return;
      case "finish":
        return this.#finish(event);
      case "error":
        return this.#fail(event);
      case "ping":
        return;
      case "text":
      case "refusal":
      case "reasoning":
      case "citation":
      case "toolStart":
      case "toolDelta":
      case "toolEnd":
        this.#begin();
        this.#output.take(event);
    }
  }

  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#tellState("response.created", running);
    this.#tellState("response.in_progress", running);
  }

  #finish({ reason }: EventOf<"finish">): void {
    this.#begin();
    const incomplete = incompleteReason(reason, this.#output.saidRefusal);
    const status = incomplete === null ? "completed" : "incomplete";
    this.#output.end(status);
    const { items: output } = this.#output;
    const usage = this.#usage;
    this.#tellState(`response.${status}`, { status, incomplete, error: null, output, usage });
  }

  /** The first of the two makes SDKs throw, the second ends the stream by the protocol. */
  #fail({ code, message }: ErrorEvent): void {
    this.#begin();
    const error = errorObject(code, message, null);
    this.#tell("error", `"error":${JSON.stringify(error)}`);
    this.#tellState("response.failed", {
      status: "failed",
      incomplete: null,
      error: { code: error.code ?? error.type, message: error.message },
      output: this.#output.items,
      usage: this.#usage,
    });
  }

  #tellState(type: string, state: ResponseState): void {
    this.#tell(type, `"response":${responseJson(state, this.#start, this.#context)}`);
  }

  /** `members` as they stand between the braces of an object. */
  #tell(type: string, members: string): void {
    const data = `{"type":"${type}","sequence_number":${this.#number},${members}}`;
    this.#number += 1;
    this.#frames += `event: ${type}\ndata: ${data}\n\n`;
  }
}
