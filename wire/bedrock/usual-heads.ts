import { AwsEventStreamMessage } from "../framing/aws-event-stream-message.ts";
import { headsOf, type AwsEventStreamHeads } from "../framing/aws-event-stream-reader.ts";

const names = [
  "messageStart",
  "contentBlockStart",
  "contentBlockDelta",
  "contentBlockStop",
  "messageStop",
  "metadata",
  "chunk",
] as const;

/** The heads of all events as the service writes them, the order of their headers included. */
export const usualHeads: AwsEventStreamHeads = headsOf(
  names.map((name) =>
    new AwsEventStreamMessage({
      ":event-type": name,
      ":content-type": "application/json",
      ":message-type": "event",
    }).encode(""),
  ),
);
