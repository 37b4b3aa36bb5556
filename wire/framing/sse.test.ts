import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import type { FrameSink } from "../frame.ts";
import { SseDecoder, type SseEventSink } from "./sse-decoder.ts";
import { encodeSseEvent, parseSseEvent, sseComment, sseJson, type SseEvent } from "./sse-event.ts";
import { SseScanner } from "./sse-scanner.ts";

class Events implements SseEventSink {
  readonly seen: SseEvent[] = [];

  sseEvent(event: SseEvent): void {
    this.seen.push(event);
  }
}

class Frames implements FrameSink {
  readonly seen: string[] = [];
  readonly buffers: Buffer[] = [];

  frame(bytes: Buffer, start: number, end: number): void {
    this.seen.push(bytes.toString("utf8", start, end));
    this.buffers.push(bytes);
  }
}

const decodeChunks = (chunks: readonly Buffer[]): SseEvent[] => {
  const events = new Events();
  const decoder = new SseDecoder(events);
  for (const chunk of chunks) assert.ok(decoder.push(chunk));
  decoder.end();
  return events.seen;
};

const decode = (text: string): SseEvent[] => decodeChunks([Buffer.from(text)]);

const scan = (text: string, maxBytes?: number): string[] => {
  const frames = new Frames();
  const scanner = new SseScanner(maxBytes);
  assert.ok(scanner.push(Buffer.from(text), frames));
  scanner.end(frames);
  return frames.seen;
};

const data = (text: string): SseEvent => ({ event: null, data: text, id: null });

describe("WIR-7 parsing", () => {
  const table: readonly (readonly [what: string, text: string, events: SseEvent[]])[] = [
    ["LF", "data: a\n\ndata: b\n\n", [data("a"), data("b")]],
    ["CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", [data("a"), data("b")]],
    ["CR", "data: a\r\rdata: b\r\r", [data("a"), data("b")]],
    [
      "mixed line ends",
      "data: a\r\n\ndata: b\n\r\ndata: c\r\r\n",
      [data("a"), data("b"), data("c")],
    ],
    ["a BOM", "\ufeffdata: a\n\n", [data("a")]],
    ["a BOM inside is data", "data: \ufeffa\n\n", [data("\ufeffa")]],
    ["comments", ": hi\n\n:\ndata: a\n: b\n\n", [data("a")]],
    ["several lines of data", "data: a\ndata:\ndata: b\n\n", [data("a\n\nb")]],
    ["no space after the colon", "data:a\n\n", [data("a")]],
    ["only one space is taken", "data:  a\n\n", [data(" a")]],
    ["no final blank line", "data: a\n\ndata: b", [data("a"), data("b")]],
    ["a final line end, no blank line", "data: a\n", [data("a")]],
    ["blank lines ahead", "\n\r\n\rdata: a\n\n", [data("a")]],
    ["many blank lines between", "data: a\n\n\n\n\r\n\r\ndata: b\n\n", [data("a"), data("b")]],
    ["name and id", "event: x\nid: 7\ndata: a\n\n", [{ event: "x", data: "a", id: "7" }]],
    ["an id with NUL is ignored", "id: a\0b\ndata: a\n\n", [data("a")]],
    ["a field without a colon", "data\n\n", [data("")]],
    ["unknown fields", "retry: 10\nfoo: bar\n\n", []],
    ["a name without data", "event: x\n\n", []],
    ["colons in data", "data: a: b\n\n", [data("a: b")]],
    ["nothing", "", []],
  ];
  for (const [what, text, events] of table) {
    test(what, () => assert.deepEqual(decode(text), events));
    test(`${what}, one byte at a time`, () => {
      const bytes = Buffer.from(text);
      const chunks = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
      assert.deepEqual(decodeChunks(chunks), events);
    });
  }
});

describe("SseScanner", () => {
  test("a frame within one chunk is a range of it, without a copy", () => {
    const frames = new Frames();
    const scanner = new SseScanner();
    const chunk = Buffer.from("data: a\n\ndata: b\n\ndata: c");
    scanner.push(Buffer.from("data: 0\n\n"), frames);
    scanner.push(chunk, frames);
    assert.deepEqual(frames.seen, ["data: 0\n\n", "data: a\n\n", "data: b\n\n"]);
    assert.deepEqual(frames.buffers.slice(1), [chunk, chunk]);
  });

  test("frames that were handed out stay as they were", () => {
    const frames = new Frames();
    const scanner = new SseScanner();
    const kept: Buffer[] = [];
    const sink: FrameSink = {
      frame: (bytes, start, end) => kept.push(bytes.subarray(start, end)),
    };
    for (const text of ["data: on", "e\n", "\ndata: tw", "o\n\n", "data: 3\n\n"]) {
      scanner.push(Buffer.from(text), sink);
    }
    scanner.end(frames);
    assert.deepEqual(kept.map(String), ["data: one\n\n", "data: two\n\n", "data: 3\n\n"]);
  });

  test("comments alone are a frame too", () => {
    assert.deepEqual(scan(": hi\n\ndata: a\n\n"), [": hi\n\n", "data: a\n\n"]);
  });

  test("what is left at the end gets its blank line", () => {
    assert.deepEqual(scan("data: a"), ["data: a\n\n"]);
    assert.deepEqual(scan("data: a\r\n"), ["data: a\r\n\n"]);
    assert.deepEqual(scan("data: a\r"), ["data: a\r\n\n"]);
  });

  test("an event of the limit passes, one byte more does not", () => {
    const event = (bytes: number): string => `data: ${"x".repeat(bytes - 8)}\n\n`;
    assert.equal(scan(event(100), 100).length, 1);
    for (const slice of [1, 7, 1000]) {
      const frames = new Frames();
      const scanner = new SseScanner(100);
      const bytes = Buffer.from(`data: a\n\n${event(101)}data: b\n\n`);
      let goesOn = true;
      for (let at = 0; at < bytes.length; at += slice) {
        goesOn = scanner.push(bytes.subarray(at, at + slice), frames);
      }
      scanner.end(frames);
      assert.equal(goesOn, false);
      assert.deepEqual(frames.seen, ["data: a\n\n"]);
    }
  });

  test("a line of 64 MB is given up after 1 MiB", () => {
    const frames = new Frames();
    const scanner = new SseScanner();
    const chunk = Buffer.alloc(65_536, "x");
    let taken = 0;
    while (taken < 64 * 2 ** 20 && scanner.push(chunk, frames)) taken += chunk.length;
    assert.equal(taken, 2 ** 20);
    scanner.end(frames);
    assert.deepEqual(frames.seen, []);
  });
});

const lineEnd = fc.constantFrom("\n", "\r\n", "\r");
const word = fc.string({ unit: fc.constantFrom("a", "é", "🌏", ":", " ", "{", '"'), maxLength: 6 });

/** One line, and the line end behind it. */
const line = fc.tuple(
  fc.oneof(
    word.map((text) => `data: ${text}`),
    word.map((text) => `data:${text}`),
    word.map((text) => `:${text}`),
    word.map((text) => `event: ${text}`),
    fc.constant(""),
    fc.constant(""),
  ),
  lineEnd,
);

const stream = fc
  .tuple(fc.boolean(), fc.array(line, { maxLength: 14 }), fc.boolean())
  .map(([hasMark, lines, isCut]) => {
    const text = (hasMark ? "\ufeff" : "") + lines.map(([body, end]) => body + end).join("");
    return isCut ? text.trimEnd() : text;
  });

/** The standard's own way: decode all, split into lines, dispatch at blank ones. */
function referenceParse(text: string): SseEvent[] {
  const events: SseEvent[] = [];
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  let event = "";
  let parts: string[] = [];
  for (const current of [...lines, ""]) {
    if (current === "") {
      if (parts.length > 0) {
        events.push({ event: event === "" ? null : event, data: parts.join("\n"), id: null });
      }
      event = "";
      parts = [];
      continue;
    }
    const [, name = "", value = ""] = /^([^:]*):? ?(.*)$/su.exec(current) ?? [];
    if (name === "data") parts.push(value);
    if (name === "event") event = value;
  }
  return events;
}

const slicesOf = (bytes: Buffer, sizes: readonly number[]): Buffer[] => {
  const chunks: Buffer[] = [];
  let at = 0;
  for (let index = 0; at < bytes.length; index += 1) {
    const size = sizes[index % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
};

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 });

describe("WIR-7 any slicing", () => {
  test("gives the events that the standard gives", () => {
    fc.assert(
      fc.property(stream, sizes, (text, cut) => {
        assert.deepEqual(decodeChunks(slicesOf(Buffer.from(text), cut)), referenceParse(text));
      }),
      { numRuns: 60_000 },
    );
  });

  test("gives the same frames' events when the frames are passed on and read again", () => {
    fc.assert(
      fc.property(stream, sizes, sizes, (text, cut, again) => {
        const frames = new Frames();
        const scanner = new SseScanner();
        for (const chunk of slicesOf(Buffer.from(text), cut)) scanner.push(chunk, frames);
        scanner.end(frames);
        const passed = Buffer.from(frames.seen.join(""));
        assert.deepEqual(decodeChunks(slicesOf(passed, again)), referenceParse(text));
      }),
      { numRuns: 3000 },
    );
  });
});

describe("encoding", () => {
  test("what was encoded is what is read", () => {
    const name = fc.string({ unit: fc.constantFrom("a", "é", ":"), minLength: 1 });
    const nullable = fc.option(name, { nil: null });
    fc.assert(
      fc.property(nullable, word, nullable, (event, text, id) => {
        const bytes = Buffer.from(encodeSseEvent({ event, data: text, id }));
        const read = parseSseEvent(bytes, 0, bytes.length);
        const kept = (value: string | null): string | null => value?.replace(/^ /, "") ?? null;
        assert.deepEqual(read, { event: kept(event), data: text, id: kept(id) });
      }),
    );
  });

  test("line ends in data make lines, in names they are cut", () => {
    const text = encodeSseEvent({ event: "a\nb", data: "1\r\n2\r3\n4", id: "x\ry" });
    assert.equal(text, "event: a\nid: x\ndata: 1\ndata: 2\ndata: 3\ndata: 4\n\n");
  });

  test("JSON and comments", () => {
    assert.equal(sseJson('{"a":1}'), 'data: {"a":1}\n\n');
    assert.equal(sseComment("ping"), ": ping\n\n");
    assert.equal(sseComment("a\nb"), ": a\n: b\n\n");
  });
});
