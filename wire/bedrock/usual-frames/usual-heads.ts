import { AwsEventStreamMessage } from "../../framing/aws-event-stream-message.ts";
import { headsOf, type AwsEventStreamHeads } from "../../framing/aws-event-stream-reader.ts";

const names = [
  "messageStart",
  "contentBlockStart",
  "contentBlockDelta",
  "contentBlockStop",
  "messageStop",
  "metadata",
  "chunk",
] as const;

/** The headers of an event as the service writes them, in their order. */
export function usualHeaders(name: (typeof names)[number]): Readonly<Record<string, string>> {
  return {
    ":event-type": name,
    ":content-type": "application/json",
    ":message-type": "event",
  };
}

/** The heads of all events with such headers. */
export const usualHeads: AwsEventStreamHeads = headsOf(
  names.map((name) => new AwsEventStreamMessage(usualHeaders(name)).encode("")),
);
