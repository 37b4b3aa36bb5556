import { isObject, type JsonObject } from "../field-rules.ts";

/** Kinds of citations that clients of this dialect know. */
const own: ReadonlySet<unknown> = new Set([
  "char_location",
  "page_location",
  "content_block_location",
  "web_search_result_location",
  "search_result_location",
]);

/**
 * A citation of any dialect in the words of this one; null where it has none. OpenAI cites web
 * pages alone, and does not quote them.
 */
export function writeCitation(citation: unknown): JsonObject | null {
  if (!isObject(citation)) return null;
  if (own.has(citation["type"])) return citation;
  const page = citation["url_citation"];
  if (citation["type"] !== "url_citation" || !isObject(page)) return null;
  const { url, title } = page;
  if (typeof url !== "string") return null;
  return {
    type: "web_search_result_location",
    url,
    title: typeof title === "string" ? title : null,
    cited_text: "",
    encrypted_index: "",
  };
}

/** Is this one that `writeCitation` made? A search of the provider's own has an index. */
export const isMadeCitation = (citation: unknown): boolean =>
  isObject(citation) &&
  citation["type"] === "web_search_result_location" &&
  citation["encrypted_index"] === "";
