import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PromptSize } from "@sekisho/wire/canonical/request-facts.ts";
import type { FetchedMedia } from "../fetched-media.ts";
import { fetchedTokensBound, inputTokensBound } from "./upper-bound.ts";

const size = (over: Partial<PromptSize> = {}): PromptSize => ({
  textBytes: 100,
  messages: 1,
  tools: 0,
  schemaBytes: 0,
  images: 0,
  files: 0,
  fileBytes: 0,
  references: 0,
  ...over,
});

const media = (kind: FetchedMedia["kind"], mediaType: string, bytes: number): FetchedMedia => ({
  kind,
  bytes,
  source: { kind: "base64", mediaType, data: "" },
});

const image = media("image", "image/png", 3_000_000);

test("MON-4 texts that the gateway adds to a body count beyond its bytes", () => {
  const asked = (bodyBytes: number): number =>
    inputTokensBound(size({ schemaBytes: 50 }), bodyBytes);
  assert.equal(asked(20), asked(150));
  assert.equal(asked(151), asked(150) + 1);
});

describe("MON-4 the bound of what was fetched", () => {
  test("an image by URL is bounded as one in the body", () => {
    const byUrl = size({ images: 1, references: 1 });
    assert.equal(inputTokensBound(byUrl, 300), Infinity);
    const bound = inputTokensBound(size({ images: 1 }), 300);
    assert.equal(fetchedTokensBound(byUrl, 300, [image]), bound);
    assert.ok(bound > 5_000 && bound < 5_200);
  });

  test("a text has at most as many tokens as bytes, with images and without", () => {
    const text = media("document", "text/plain", 7_000);
    const alone = fetchedTokensBound(size({ references: 1 }), 300, [text]);
    assert.equal(alone, inputTokensBound(size(), 7_300));
    const beside = fetchedTokensBound(size({ images: 1, references: 2 }), 300, [text, image]);
    assert.equal(beside, inputTokensBound(size({ images: 1, textBytes: 7_100 }), 300));
  });

  test("a PDF is what a file in the body is: only its provider knows", () => {
    const pdf = media("document", "application/pdf", 10);
    assert.equal(fetchedTokensBound(size({ references: 1 }), 300, [pdf]), Infinity);
  });

  test("what was not fetched is still elsewhere", () => {
    const two = size({ images: 1, references: 2 });
    assert.equal(fetchedTokensBound(two, 300, [image]), Infinity);
  });
});
