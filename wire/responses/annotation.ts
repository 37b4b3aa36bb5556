import { isObject } from "../field-rules.ts";

/** Where words of an answer come from, as this surface says it. */
export interface UrlAnnotation {
  readonly type: "url_citation";
  readonly start_index: number;
  readonly end_index: number;
  readonly url: string;
  readonly title: string;
}

/** Null for citations of other kinds: clients of this surface fail at types they do not know. */
export function writeAnnotation(citation: unknown): UrlAnnotation | null {
  if (!isObject(citation) || citation["type"] !== "url_citation") return null;
  // Chats wrap in an object what stands beside the type here.
  const wrapped = citation["url_citation"];
  const { url, title, start_index: start, end_index: end } = isObject(wrapped) ? wrapped : citation;
  if (typeof url !== "string" || typeof start !== "number" || typeof end !== "number") return null;
  return {
    type: "url_citation",
    start_index: start,
    end_index: end,
    url,
    title: typeof title === "string" ? title : "",
  };
}
