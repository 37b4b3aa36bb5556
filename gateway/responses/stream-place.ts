import { isIdBody } from "@sekisho/lib/ids/id-body.ts";

/**
 * How far a reader has come, as it names it when it comes back: `rsp_<id>:<epoch>:<seq>`, or
 * `…:<seq>.<parts>` for an entry of several events of which it has not got the last one.
 */
export interface StreamPlace {
  readonly id: string;
  readonly epoch: number;
  /** The last entry that it has something of. */
  readonly seq: number;
  /** How many events of that entry it has; null: all of them. */
  readonly parts: number | null;
}

export const streamIdPrefix = "rsp_";

export function writePlace({ id, epoch, seq, parts }: StreamPlace): string {
  const place = `${streamIdPrefix}${id}:${epoch}:${seq}`;
  return parts === null ? place : `${place}.${parts}`;
}

const placeShape = /^rsp_([0-9a-z]{26}):(\d{1,9}):(\d{1,9})(?:\.(\d{1,6}))?$/;

/** Null where it is none of ours. */
export function readPlace(text: string): StreamPlace | null {
  const [, id = "", epoch, seq, parts] = placeShape.exec(text) ?? [];
  if (!isIdBody(id)) return null;
  return {
    id,
    epoch: Number(epoch),
    seq: Number(seq),
    parts: parts === undefined ? null : Number(parts),
  };
}

/** The body of an id that a client has from an answer's head, its body or an event. */
export function streamIdOf(text: string): string | null {
  const body = text.startsWith("rsp_") || text.startsWith("req_") ? text.slice(4) : text;
  return isIdBody(body) ? body : null;
}
