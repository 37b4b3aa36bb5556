import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { MediaKind } from "@sekisho/wire/canonical/carriage.data.ts";
import { mediaTypeOf } from "./media-type.ts";

const latin = (text: string): Buffer => Buffer.from(text, "latin1");

const png = latin("\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
const jpeg = latin("\xff\xd8\xff\xe0\0\x10JFIF");
const pdf = latin("%PDF-1.7\n%\xe2\xe3");
const html = latin("<!doctype html><title>Sign in</title>");

type Case = readonly [
  title: string,
  kind: MediaKind,
  content: readonly [bytes: Buffer, contentType: string | null],
  mediaType: string | null,
];

const cases: readonly Case[] = [
  ["a PNG", "image", [png, "image/png"], "image/png"],
  ["a PNG that is called a JPEG", "image", [png, "image/jpeg"], "image/png"],
  ["a PNG that is called HTML", "image", [png, "text/html"], "image/png"],
  ["a PNG that is called nothing", "image", [png, null], "image/png"],
  ["half of a PNG's mark", "image", [png.subarray(0, 4), "image/png"], null],
  ["a JPEG", "image", [jpeg, "application/octet-stream"], "image/jpeg"],
  ["a GIF of 1987", "image", [latin("GIF87a\x01"), null], "image/gif"],
  ["a GIF of 1989", "image", [latin("GIF89a\x01"), null], "image/gif"],
  ["a GIF of another year", "image", [latin("GIF90a\x01"), "image/gif"], null],
  ["a WebP", "image", [latin("RIFF\x10\0\0\0WEBPVP8 "), null], "image/webp"],
  ["a RIFF of another kind", "image", [latin("RIFF\x10\0\0\0WAVEfmt "), "image/webp"], null],
  ["an SVG", "image", [latin("<svg xmlns=''/>"), "image/svg+xml"], null],
  ["a page in place of an image", "image", [html, "text/html"], null],
  ["a page that is called an image", "image", [html, "image/png"], null],
  ["nothing in place of an image", "image", [Buffer.alloc(0), "image/png"], null],
  ["a PDF in place of an image", "image", [pdf, "application/pdf"], null],
  ["a PDF", "document", [pdf, "application/pdf"], "application/pdf"],
  ["a PDF that is called nothing", "document", [pdf, null], "application/pdf"],
  [
    "a PDF behind a line",
    "document",
    [Buffer.concat([latin("junk\n"), pdf]), null],
    "application/pdf",
  ],
  [
    "the mark of a PDF far behind",
    "document",
    [Buffer.concat([Buffer.alloc(2_000, "x"), pdf]), "application/pdf"],
    null,
  ],
  ["a PNG in place of a document", "document", [png, "application/pdf"], null],
  ["a text", "document", [Buffer.from("héllo"), "text/plain; charset=utf-8"], "text/plain"],
  ["a text in capitals", "document", [Buffer.from("a"), "Text/Plain"], "text/plain"],
  ["a table", "document", [Buffer.from("a,b\n"), "text/csv"], "text/csv"],
  ["Markdown", "document", [Buffer.from("# a"), "text/markdown"], "text/markdown"],
  ["a text in Latin-1", "document", [latin("h\xe9llo"), "text/plain"], null],
  ["a text with a zero", "document", [latin("a\0b"), "text/plain"], null],
  ["an empty text", "document", [Buffer.alloc(0), "text/plain"], null],
  ["a text that is called nothing", "document", [Buffer.from("a"), null], null],
  ["a page in place of a document", "document", [html, "text/html; charset=utf-8"], null],
  ["a program", "document", [latin("\x7fELF\x02\x01"), "application/octet-stream"], null],
];

describe("WIR-13 what was fetched is what its bytes say", () => {
  for (const [title, kind, [bytes, contentType], mediaType] of cases) {
    test(`${title}: ${mediaType ?? "refused"}`, () => {
      assert.equal(mediaTypeOf(kind, bytes, contentType), mediaType);
    });
  }
});
