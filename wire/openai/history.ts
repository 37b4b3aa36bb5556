import { plainExchange, type HistoryItem, type HistoryWords } from "../canonical/history.ts";
import { isObject, type JsonObject } from "../field-rules.ts";

const ids = (calls: unknown): string[] =>
  Array.isArray(calls) ? calls.filter(isObject).map(({ id }) => String(id)) : [];

/** Functions of old have no ids: a name is all there is. */
const legacyCall = ({ function_call: called }: JsonObject): string[] =>
  isObject(called) ? [`function ${String(called["name"])}`] : [];

function itemOf(message: unknown): HistoryItem {
  if (!isObject(message)) return { role: "other", calls: [], results: [] };
  switch (message["role"]) {
    case "system":
    case "developer":
      return { role: "system", calls: [], results: [] };
    case "user":
      return { role: "user", calls: [], results: [] };
    case "tool":
      return { role: "other", calls: [], results: [String(message["tool_call_id"])] };
    case "function":
      return { role: "other", calls: [], results: [`function ${String(message["name"])}`] };
    default: {
      const calls = [...ids(message["tool_calls"]), ...legacyCall(message)];
      return { role: "other", calls, results: [] };
    }
  }
}

/** The conversation of a chat completion. */
export const chatHistory: HistoryWords = {
  list: "messages",
  systemStandsAlone: true,
  itemOf,
  exchange: plainExchange,
};
