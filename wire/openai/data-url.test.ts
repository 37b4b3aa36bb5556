import assert from "node:assert/strict";
import { test } from "node:test";

import { parseDataUrl } from "./data-url.ts";

const table: readonly (readonly [url: string, mediaType: string | null, base64?: string])[] = [
  ["data:image/png;base64,AAAA", "image/png", "AAAA"],
  ["data:image/png;charset=utf-8;base64,AA,AA", "image/png", "AA,AA"],
  ["data:;base64,", "", ""],
  ["data:text/plain,hello", null],
  ["data:image/png;base64", null],
  ["data:base64,AAAA", null],
  ["https://example.com/;base64,AAAA", null],
  ["", null],
  [`data:${"x".repeat(600)};base64,AAAA`, null],
  [`data:${";".repeat(5_000_000)}`, null],
];

for (const [url, mediaType, base64] of table) {
  test(JSON.stringify(url.slice(0, 60)), () => {
    const data = parseDataUrl(url);
    assert.deepEqual(data, mediaType === null ? null : { mediaType, base64 });
  });
}
