import {
  AwsEventStreamReader,
  type AwsEventStreamHead,
} from "@sekisho/wire/framing/aws-event-stream-reader.ts";
import { AwsEventStreamScanner } from "@sekisho/wire/framing/aws-event-stream-scanner.ts";

export interface EventMessage extends Pick<AwsEventStreamHead, "kind" | "name"> {
  readonly payload: string;
}

/**
 * The messages of an event stream of AWS, lengths and checksums verified. Throws when one is broken
 * or the stream stops within one: SDKs would end silently.
 */
export function eventMessages(body: Buffer): EventMessage[] {
  const messages: EventMessage[] = [];
  const reader = new AwsEventStreamReader();
  const scanner = new AwsEventStreamScanner();
  const isWell = scanner.push(body, {
    frame(bytes, start, end) {
      const head = reader.read(bytes, start, end);
      if (head === null) throw new Error("A message does not say what it is");
      const payload = bytes.toString("utf8", reader.payloadStart, reader.payloadEnd);
      messages.push({ kind: head.kind, name: head.name, payload });
    },
  });
  if (!isWell || scanner.pendingBytes > 0) throw new Error("The stream stops within a message");
  return messages;
}
