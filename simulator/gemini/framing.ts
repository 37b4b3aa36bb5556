import type { ErrorFault } from "../faults.data.ts";
import type { Framing, StreamEvent } from "../script/event-answer.ts";
import { oddSse } from "../script/odd-sse.ts";
import type { HugeFrame } from "../script/streamed-answer.ts";
import { errorJson, gemini } from "./dialect.ts";

const frame = ({ json }: StreamEvent): string => `data: ${json}\r\n\r\n`;
const plainFrame = ({ json }: StreamEvent): string => `data: ${json}\n\n`;

/** Events over HTTP without names, their lines ended as Google ends them. */
export const chunkFraming: Framing = {
  contentType: "text/event-stream",
  frame,
  last: frame,
  error: (name: ErrorFault) =>
    frame({ name: "error", json: errorJson(gemini.errors.faults[name]) }),
  odd: (events: readonly StreamEvent[]) => oddSse(events.map(plainFrame).join("")),
  corrupt: () => null,
  huge: (event: StreamEvent, mark: string, text): HugeFrame => {
    const [before = "", after = ""] = frame(event).split(mark);
    return { before, ...text, after };
  },
};
