import { plainExchange, type HistoryItem, type HistoryWords } from "../canonical/history.ts";
import { isObject } from "../field-rules.ts";

function itemOf(message: unknown): HistoryItem {
  const { role, content } = isObject(message) ? message : {};
  const blocks = Array.isArray(content) ? content.filter(isObject) : [];
  const results = blocks.filter(({ type }) => type === "tool_result");
  const isOnlyResults = results.length > 0 && results.length === blocks.length;
  const side = role === "user" && !isOnlyResults ? "user" : "other";
  return {
    role: role === "system" ? "system" : side,
    calls: blocks.filter(({ type }) => type === "tool_use").map(({ id }) => String(id)),
    results: results.map(({ tool_use_id: id }) => String(id)),
  };
}

/** The conversation of a message request: an instruction in it stands behind a user's turn. */
export const messageHistory: HistoryWords = {
  list: "messages",
  systemStandsAlone: false,
  itemOf,
  exchange: plainExchange,
};
