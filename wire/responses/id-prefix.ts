import type { AnswerContext } from "../canonical/codec.ts";

/** Before the id of a response. */
export const responseIdPrefix = "resp_";

/** What the ids of a response and of its items have in common. */
export const idBodyOf = ({ id }: AnswerContext): string =>
  id.startsWith(responseIdPrefix) ? id.slice(responseIdPrefix.length) : id;
