/** What a base64 data URL carries. */
export interface InlineData {
  /** "" when the URL names none. */
  readonly mediaType: string;
  readonly base64: string;
}

/** Longer heads are no media types. A pattern over the whole URL would have to walk megabytes. */
const maxHeadLength = 512;

/** Null for every other URL. */
export function parseDataUrl(url: string): InlineData | null {
  if (!url.startsWith("data:")) return null;
  const comma = url.slice(0, maxHeadLength).indexOf(",");
  const head = url.slice("data:".length, comma);
  if (comma === -1 || !head.endsWith(";base64")) return null;
  return { mediaType: head.slice(0, head.indexOf(";")), base64: url.slice(comma + 1) };
}
