import { entryKind, type CanonicalEvent, type EntryKind } from "./event.ts";

const kinds = {
  start: entryKind.start,
  text: entryKind.content,
  refusal: entryKind.content,
  reasoning: entryKind.content,
  toolStart: entryKind.content,
  toolDelta: entryKind.content,
  toolEnd: entryKind.other,
  citation: entryKind.content,
  usage: entryKind.usage,
  ping: entryKind.other,
  finish: entryKind.terminal,
  error: entryKind.terminal,
} as const satisfies Record<CanonicalEvent["type"], EntryKind>;

/** What an event is in the log. */
export const entryKindOf = (event: CanonicalEvent): EntryKind => kinds[event.type];
