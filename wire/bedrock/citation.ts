import { isObject, type JsonObject } from "../field-rules.ts";

/** One kind of place that is cited, in the words of both. */
interface Place {
  /** `type` of a citation of Anthropic's, which is also the one of events. */
  readonly type: string;
  /** Member of `location`. */
  readonly member: string;
  /** Numbers: in events, and here. */
  readonly numbers: readonly (readonly [string, string])[];
}

const places: readonly Place[] = [
  {
    type: "char_location",
    member: "documentChar",
    numbers: [
      ["document_index", "documentIndex"],
      ["start_char_index", "start"],
      ["end_char_index", "end"],
    ],
  },
  {
    type: "page_location",
    member: "documentPage",
    numbers: [
      ["document_index", "documentIndex"],
      ["start_page_number", "start"],
      ["end_page_number", "end"],
    ],
  },
  {
    type: "content_block_location",
    member: "documentChunk",
    numbers: [
      ["document_index", "documentIndex"],
      ["start_block_index", "start"],
      ["end_block_index", "end"],
    ],
  },
  {
    type: "search_result_location",
    member: "searchResultLocation",
    numbers: [
      ["search_result_index", "searchResultIndex"],
      ["start_block_index", "start"],
      ["end_block_index", "end"],
    ],
  },
];

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

function citedText(content: unknown): string {
  if (!Array.isArray(content)) return "";
  return content.map((part) => (isObject(part) ? (textOf(part["text"]) ?? "") : "")).join("");
}

/** A citation of Converse's in the words of events; null where they have none. */
export function readCitation(citation: JsonObject): JsonObject | null {
  const { title, source, sourceContent, location } = citation;
  if (!isObject(location)) return null;
  const said = { cited_text: citedText(sourceContent) };
  const { web } = location;
  if (isObject(web)) {
    const page = { url: textOf(web["url"]) ?? "", title: textOf(title), encrypted_index: "" };
    return { type: "web_search_result_location", ...said, ...page };
  }
  const place = places.find(({ member }) => isObject(location[member]));
  const found = place === undefined ? null : location[place.member];
  if (place === undefined || !isObject(found)) return null;
  const numbers = place.numbers.map(([name, member]) => [name, found[member] ?? 0]);
  const titled =
    place.type === "search_result_location"
      ? { title: textOf(title), source: textOf(source) ?? "" }
      : { document_title: textOf(title) };
  return { type: place.type, ...said, ...titled, ...Object.fromEntries(numbers) };
}

/** The other way round. */
export function writeCitation(citation: JsonObject): JsonObject | null {
  const { type, cited_text: cited, title, document_title: documentTitle, source, url } = citation;
  const name = textOf(title) ?? textOf(documentTitle);
  const head = {
    ...(name === null ? {} : { title: name }),
    ...(typeof source === "string" ? { source } : {}),
    ...(typeof cited === "string" && cited !== "" ? { sourceContent: [{ text: cited }] } : {}),
  };
  if (type === "web_search_result_location") {
    return { ...head, location: { web: { url: textOf(url) ?? "" } } };
  }
  const place = places.find((known) => known.type === type);
  if (place === undefined) return null;
  const numbers = place.numbers.map(([from, member]) => [member, citation[from] ?? 0]);
  return { ...head, location: { [place.member]: Object.fromEntries(numbers) } };
}
