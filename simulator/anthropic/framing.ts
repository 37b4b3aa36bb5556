import type { ErrorFault } from "../faults.data.ts";
import type { Framing, StreamEvent } from "../script/event-answer.ts";
import { oddSse } from "../script/odd-sse.ts";
import type { HugeFrame } from "../script/streamed-answer.ts";
import { anthropic, errorJson } from "./dialect.ts";

const frame = ({ name, json }: StreamEvent): string => `event: ${name}\ndata: ${json}\n\n`;

/** Events over HTTP, each under its name. */
export const messageFraming: Framing = {
  contentType: "text/event-stream; charset=utf-8",
  frame,
  last: frame,
  error: (name: ErrorFault, requestId: string) =>
    frame({ name: "error", json: errorJson(anthropic.errors.faults[name], requestId) }),
  odd: (events: readonly StreamEvent[]) => oddSse(events.map(frame).join("")),
  corrupt: () => null,
  huge: (event: StreamEvent, mark: string, text): HugeFrame => {
    const [before = "", after = ""] = frame(event).split(mark);
    return { before, ...text, after };
  },
};
