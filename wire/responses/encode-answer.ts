import type { AnswerContext } from "../canonical/codec.ts";
import type { CanonicalEvent } from "../canonical/event.ts";
import type { Usage } from "../canonical/usage.ts";
import { incompleteReason } from "./finish-reason.ts";
import { idBodyOf } from "./id-prefix.ts";
import { OutputWriter } from "./output-writer.ts";
import { noStart, responseJson } from "./response-object.ts";

/** The events of a complete answer as one response. */
export function encodeAnswer(events: readonly CanonicalEvent[], context: AnswerContext): string {
  const output = new OutputWriter(idBodyOf(context), () => {});
  let start = noStart;
  let usage: Usage | null = null;
  let incomplete: string | null = null;
  for (const event of events) {
    switch (event.type) {
      case "start":
        start = event;
        break;
      case "usage":
        ({ usage } = event);
        break;
      case "finish":
        incomplete = incompleteReason(event.reason, output.saidRefusal);
        break;
      case "ping":
      case "error":
        break;
      case "text":
      case "refusal":
      case "reasoning":
      case "citation":
      case "toolStart":
      case "toolDelta":
      case "toolEnd":
        output.take(event);
    }
  }
  const status = incomplete === null ? "completed" : "incomplete";
  output.end(status);
  const state = { status, incomplete, error: null, output: output.items, usage } as const;
  return responseJson(state, start, context);
}
