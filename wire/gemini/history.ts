import type { HistoryItem, HistoryWords } from "../canonical/history.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { respelled } from "./spelling.ts";

/** Most calls have no id: their results follow them, by the function's name. */
const namesOf = (parts: readonly JsonObject[], member: string): string[] =>
  parts
    .map((part) => part[member])
    .filter(isObject)
    .map(({ id, name }) => (typeof id === "string" ? `id ${id}` : `name ${String(name)}`));

function itemOf(content: unknown): HistoryItem {
  const spelt = respelled(content);
  const { role, parts: said } = isObject(spelt) ? spelt : {};
  const parts = Array.isArray(said) ? said.filter(isObject) : [];
  const results = namesOf(parts, "functionResponse");
  const isOnlyResults = results.length > 0 && results.length === parts.length;
  const isUser = role === undefined || role === null || role === "user";
  return {
    role: isUser && !isOnlyResults ? "user" : "other",
    calls: namesOf(parts, "functionCall"),
    results,
  };
}

/** The conversation of a request for content, whose instructions stand elsewhere. */
export const contentHistory: HistoryWords = {
  list: "contents",
  systemStandsAlone: true,
  itemOf,
  exchange: (asked, answered) => [
    { role: "user", parts: [{ text: asked }] },
    { role: "model", parts: [{ text: answered }] },
  ],
};
