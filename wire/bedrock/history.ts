import type { HistoryItem, HistoryWords } from "../canonical/history.ts";
import { isObject, type JsonObject } from "../field-rules.ts";

const idsOf = (blocks: readonly JsonObject[], member: string): string[] =>
  blocks
    .map((block) => block[member])
    .filter(isObject)
    .map(({ toolUseId }) => String(toolUseId));

function itemOf(message: unknown): HistoryItem {
  const { role, content } = isObject(message) ? message : {};
  const blocks = Array.isArray(content) ? content.filter(isObject) : [];
  const results = idsOf(blocks, "toolResult");
  // A mark for the cache says nothing.
  const said = blocks.filter(({ cachePoint }) => !isObject(cachePoint));
  const isOnlyResults = results.length > 0 && results.length === said.length;
  const side = role === "user" && !isOnlyResults ? "user" : "other";
  return {
    role: role === "system" ? "system" : side,
    calls: idsOf(blocks, "toolUse"),
    results,
  };
}

/** The conversation of a Converse request, and of a native body for Nova. */
export const converseHistory: HistoryWords = {
  list: "messages",
  systemStandsAlone: false,
  itemOf,
  exchange: (asked, answered) => [
    { role: "user", content: [{ text: asked }] },
    { role: "assistant", content: [{ text: answered }] },
  ],
};
