import { AwsEventStreamReader } from "@sekisho/wire/framing/aws-event-stream-reader.ts";
import { AwsEventStreamScanner } from "@sekisho/wire/framing/aws-event-stream-scanner.ts";

const mostBytes = 16 * 2 ** 20;

/** A message of an event stream whose checksums are right. */
export interface HeardMessage {
  readonly kind: "event" | "exception" | "error";
  readonly name: string;
  readonly payload: string;
}

/** The good messages of a stream, up to the first that is not. */
export const messagesOf = (body: Buffer): HeardMessage[] => {
  const reader = new AwsEventStreamReader();
  const messages: HeardMessage[] = [];
  new AwsEventStreamScanner(mostBytes).push(body, {
    frame: (bytes, start, end) => {
      const head = reader.read(bytes, start, end);
      if (head === null) return;
      const payload = bytes.toString("utf8", reader.payloadStart, reader.payloadEnd);
      messages.push({ kind: head.kind, name: head.name, payload });
    },
  });
  return messages;
};

/** The payload as JSON on one line, without padding; null when it is none. */
export const jsonOf = (payload: string): string | null => {
  try {
    const { p: _, ...rest } = JSON.parse(payload) as Record<string, unknown>;
    return JSON.stringify(rest);
  } catch {
    return null;
  }
};

/** The native event in the payload of a `chunk`. */
export const nativeOf = (payload: string): string => {
  const { bytes } = JSON.parse(payload) as { bytes: string };
  return Buffer.from(bytes, "base64").toString();
};
