import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { JsonObject } from "../field-rules.ts";
import { readCitation, writeCitation } from "./citation.ts";

const source = { title: "T", sourceContent: [{ text: "cited" }] };

describe("a citation of Converse's in the words of events, and back", () => {
  const table: readonly (readonly [type: string, citation: JsonObject])[] = [
    [
      "char_location",
      { ...source, location: { documentChar: { documentIndex: 1, start: 2, end: 3 } } },
    ],
    [
      "page_location",
      { ...source, location: { documentPage: { documentIndex: 1, start: 2, end: 3 } } },
    ],
    [
      "content_block_location",
      { ...source, location: { documentChunk: { documentIndex: 1, start: 2, end: 3 } } },
    ],
    [
      "search_result_location",
      {
        title: "T",
        source: "https://example.com",
        sourceContent: [{ text: "cited" }],
        location: { searchResultLocation: { searchResultIndex: 1, start: 2, end: 3 } },
      },
    ],
    ["web_search_result_location", { ...source, location: { web: { url: "https://a" } } }],
  ];
  for (const [type, citation] of table) {
    test(type, () => {
      const read = readCitation(citation);
      assert.equal(read?.["type"], type);
      assert.equal(read?.["cited_text"], "cited");
      assert.deepEqual(writeCitation(read ?? {}), citation);
    });
  }

  test("places that nobody knows, or none at all, are no citation", () => {
    for (const location of [undefined, null, {}, { moon: {} }, { documentChar: 1 }]) {
      assert.equal(readCitation({ ...source, location }), null);
    }
    assert.equal(writeCitation({ type: "url_citation" }), null);
    assert.equal(writeCitation({}), null);
  });

  test("what is left out of a citation is left out, or nothing", () => {
    const read = readCitation({ location: { documentPage: {} } });
    assert.deepEqual(read, {
      type: "page_location",
      cited_text: "",
      document_title: null,
      document_index: 0,
      start_page_number: 0,
      end_page_number: 0,
    });
    assert.deepEqual(writeCitation(read ?? {}), {
      location: { documentPage: { documentIndex: 0, start: 0, end: 0 } },
    });
  });
});
