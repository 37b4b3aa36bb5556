import { plainExchange, type HistoryItem, type HistoryWords } from "../canonical/history.ts";
import { isObject } from "../field-rules.ts";

function itemOf(item: unknown): HistoryItem {
  const { type, role, call_id: id } = isObject(item) ? item : {};
  if (type === "function_call") return { role: "other", calls: [String(id)], results: [] };
  if (type === "function_call_output") return { role: "other", calls: [], results: [String(id)] };
  const isInstruction = role === "system" || role === "developer";
  const side = role === "user" ? "user" : "other";
  return { role: isInstruction ? "system" : side, calls: [], results: [] };
}

/** The conversation of a request for a response, where it is a list of items. */
export const responsesHistory: HistoryWords = {
  list: "input",
  systemStandsAlone: true,
  itemOf,
  exchange: plainExchange,
};
