import type { AnswerContext } from "../canonical/codec.ts";
import type { CanonicalEvent } from "../canonical/event.ts";
import type { Usage } from "../canonical/usage.ts";
import { errorObject } from "../openai/errors.ts";
import { incompleteReason } from "./finish-reason.ts";
import { idBodyOf } from "./id-prefix.ts";
import type { OutputItem } from "./output-items.ts";
import { OutputWriter } from "./output-writer.ts";
import { noStart, responseJson, type ResponseState } from "./response-object.ts";

interface Seen {
  start: typeof noStart;
  usage: Usage | null;
  last: CanonicalEvent | null;
  readonly output: OutputWriter;
}

function read(events: readonly CanonicalEvent[], context: AnswerContext): Seen {
  const output = new OutputWriter(idBodyOf(context), () => {});
  const seen: Seen = { start: noStart, usage: null, last: null, output };
  for (const event of events) {
    switch (event.type) {
      case "start":
        seen.start = event;
        break;
      case "usage":
        seen.usage = event.usage;
        break;
      case "finish":
      case "error":
        seen.last = event;
        break;
      case "ping":
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
  return seen;
}

type Ending = Pick<ResponseState, "status" | "incomplete" | "error">;

function endingOf({ last, output }: Seen): Ending {
  if (last === null) return { status: "in_progress", incomplete: null, error: null };
  if (last.type === "error") {
    const { code, type, message } = errorObject(last.code, last.message, null);
    const status = last.code === "cancelled" ? "cancelled" : "failed";
    return { status, incomplete: null, error: { code: code ?? type, message } };
  }
  const reason = last.type === "finish" ? last.reason : "stop";
  if (reason === "cancelled") return { status: "cancelled", incomplete: null, error: null };
  const incomplete = incompleteReason(reason, output.saidRefusal);
  return { status: incomplete === null ? "completed" : "incomplete", incomplete, error: null };
}

/** The events of a response so far as the object that it is now: under way, or however it ended. */
export function encodeKept(events: readonly CanonicalEvent[], context: AnswerContext): string {
  const seen = read(events, context);
  const { start, usage, output } = seen;
  const ending = endingOf(seen);
  if (seen.last !== null) output.end(ending.status === "completed" ? "completed" : "incomplete");
  return responseJson({ ...ending, output: output.items, usage }, start, context);
}

/** What a response said, as the items that a later request repeats. */
export function outputOf(
  events: readonly CanonicalEvent[],
  context: AnswerContext,
): readonly OutputItem[] {
  const { output } = read(events, context);
  output.end("completed");
  return output.items;
}
