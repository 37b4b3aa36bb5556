/** A stream as a client's own parser sees it. */
export interface AnswerFrames {
  /** Whole events in order, line ends made equal, heartbeats left out. */
  readonly frames: readonly string[];
  readonly heartbeats: number;
  /** What stands behind the last whole event. */
  readonly rest: string;
}

/** Where an event stands in an answer that can be resumed. */
const place = /^id: rsp_\S+\n/m;

const heartbeat = ": ping\n\n";

/** CRLF, CR and LF mean the same in an event stream. */
export const evenLines = (text: string): string => text.replaceAll(/\r\n?/g, "\n");

/** Cuts a received stream into events without a line of the gateway's code. */
export function readFrames(received: readonly Buffer[]): AnswerFrames {
  const text = evenLines(Buffer.concat(received).toString("utf8"));
  const frames: string[] = [];
  let heartbeats = 0;
  let from = 0;
  for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n", from)) {
    const frame = text.slice(from, end + 2).replace(place, "");
    from = end + 2;
    if (frame === heartbeat) heartbeats += 1;
    else frames.push(frame);
  }
  return { frames, heartbeats, rest: text.slice(from) };
}

/** The code of an event that says that the answer has failed; null for any other event. */
export function errorCodeOf(frame: string | undefined): string | null {
  if (frame === undefined || !frame.startsWith('data: {"error":')) return null;
  // The gateway's own shape: a wrong one fails here.
  const { error } = JSON.parse(frame.slice("data: ".length)) as {
    error: { code: string | null; type: string; message: string };
  };
  return error.code ?? error.type;
}
