import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { crc32 } from "node:zlib";

import fc from "fast-check";

import { readAwsEventStreamHeaders } from "./aws-event-stream-headers.ts";
import { AwsEventStreamMessage } from "./aws-event-stream-message.ts";
import { AwsEventStreamReader, headsOf } from "./aws-event-stream-reader.ts";
import { AwsEventStreamScanner } from "./aws-event-stream-scanner.ts";
import { messageChecksum, preludeBytes, preludeChecksum } from "./aws-event-stream.ts";

/** Made with `@smithy/eventstream-codec`: a header of every type, and the payload "body". */
const everyType = Buffer.from(
  "AAAAeQAAAGWsOMgAA3llcwACbm8BBGJ5dGUC/wVzaG9ydAP//gNpbnQE/////QRsb25nBf/////////8BWJ5dGVzBgAC" +
    "AQIEdGV4dAcAAsOpAmF0CAAAAaH40+IwAmlkCQEjRWeJq83vASNFZ4mrze9ib2R5VaMPJg==",
  "base64",
);
/** As well: one delta of an answer. */
const delta = Buffer.from(
  "AAAAlQAAAFeJy7NeCzpldmVudC10eXBlBwARY29udGVudEJsb2NrRGVsdGENOmNvbnRlbnQtdHlwZQcAEGFwcGxpY2F0" +
    "aW9uL2pzb24NOm1lc3NhZ2UtdHlwZQcABWV2ZW50eyJjb250ZW50QmxvY2tJbmRleCI6MCwiZGVsdGEiOnsidGV4dCI6" +
    "IuOBkyJ9fRSZIbU=",
  "base64",
);
const deltaMessage = new AwsEventStreamMessage({
  ":event-type": "contentBlockDelta",
  ":content-type": "application/json",
  ":message-type": "event",
});
const deltaPayload = '{"contentBlockIndex":0,"delta":{"text":"こ"}}';
/** As well: nothing at all. */
const empty = Buffer.from("000000100000000005c248eb7d98c8ff", "hex");

interface Scanned {
  readonly frames: readonly Buffer[];
  readonly isGood: boolean;
  readonly pendingBytes: number;
  /** Frames that are ranges of what was pushed. */
  readonly inPlace: number;
}

function scan(slices: readonly Buffer[], maxBytes?: number): Scanned {
  const scanner = new AwsEventStreamScanner(maxBytes);
  const frames: Buffer[] = [];
  let inPlace = 0;
  let isGood = true;
  for (const slice of slices) {
    const sink = {
      frame(bytes: Buffer, start: number, end: number): void {
        if (bytes === slice) inPlace += 1;
        frames.push(bytes.subarray(start, end));
      },
    };
    isGood = scanner.push(slice, sink);
  }
  return { frames, isGood, pendingBytes: scanner.pendingBytes, inPlace };
}

function sliced(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const slices: Buffer[] = [];
  let at = 0;
  for (let index = 0; at < bytes.length; index += 1) {
    const size = sizes[index % sizes.length] ?? 1;
    slices.push(bytes.subarray(at, at + size));
    at += size;
  }
  return slices;
}

/** A message whose lengths and checksums are as told. */
function forged(lengths: { total: number; headers: number }, sizeBytes = 32): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  bytes.writeUInt32BE(lengths.total, 0);
  bytes.writeUInt32BE(lengths.headers, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, sizeBytes - 4)), sizeBytes - 4);
  return bytes;
}

describe("messages of an event stream are found", () => {
  const three = Buffer.concat([delta, empty, everyType]);

  test("in one chunk, without a copy", () => {
    const { frames, inPlace, isGood, pendingBytes } = scan([three]);
    assert.deepEqual(frames, [delta, empty, everyType]);
    assert.deepEqual([inPlace, isGood, pendingBytes], [3, true, 0]);
  });

  for (const size of [1, 2, 3, 11, 12, 13, 100]) {
    test(`in slices of ${size} bytes`, () => {
      const { frames, isGood, pendingBytes } = scan(sliced(three, [size]));
      assert.deepEqual(frames, [delta, empty, everyType]);
      assert.deepEqual([isGood, pendingBytes], [true, 0]);
    });
  }

  test("what is kept of one is not overwritten by the next", () => {
    const { frames } = scan(sliced(Buffer.concat([delta, everyType, delta]), [7]));
    assert.deepEqual(frames, [delta, everyType, delta]);
  });

  test("a stream that ends in a message leaves bytes behind, and no frame", () => {
    const { frames, isGood, pendingBytes } = scan([three.subarray(0, delta.length + 5)]);
    assert.deepEqual([frames.length, isGood, pendingBytes], [1, true, 5]);
    const scanner = new AwsEventStreamScanner();
    scanner.push(delta.subarray(0, 40), { frame: () => assert.fail() });
    scanner.end();
    assert.equal(scanner.pendingBytes, 0);
  });
});

describe("WIR-7 a broken message ends the stream", () => {
  const flipped = (at: number): Buffer => {
    const bytes = Buffer.from(delta);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes;
  };
  const cases: readonly (readonly [what: string, bytes: Buffer])[] = [
    ["a wrong checksum of the prelude", flipped(8)],
    ["a wrong checksum of the message", flipped(delta.length - 1)],
    ["a flipped bit in the payload", flipped(delta.length - 8)],
    ["a flipped bit in a header", flipped(20)],
    ["a length below the overhead", forged({ total: 15, headers: 0 })],
    ["a length of nothing", forged({ total: 0, headers: 0 })],
    ["headers longer than the message", forged({ total: 32, headers: 17 })],
    ["headers of more than 128 KiB", forged({ total: 200_000, headers: 131_073 })],
    ["a message of more than 1 MiB", forged({ total: 1_048_577, headers: 0 })],
    ["a message of 4 GiB", forged({ total: 0xffff_ffff, headers: 0 })],
    ["text", Buffer.from("<html><body>Bad gateway</body></html>")],
  ];
  for (const [what, bytes] of cases) {
    for (const size of [1000, 1]) {
      test(`${what}, ${size === 1 ? "byte by byte" : "in one chunk"}`, () => {
        const { frames, isGood } = scan(sliced(Buffer.concat([empty, bytes, empty]), [size]));
        assert.deepEqual([frames.length, isGood], [1, false]);
      });
    }
  }

  test("nothing is read after it", () => {
    const scanner = new AwsEventStreamScanner();
    const sink = { frame: () => assert.fail() };
    assert.ok(!scanner.push(flipped(8), sink));
    assert.ok(!scanner.push(delta, sink));
    scanner.end();
    assert.equal(scanner.pendingBytes, 0);
  });

  test("the largest message that is allowed is taken, and may be up to 16 MiB", () => {
    const message = new AwsEventStreamMessage({}).encode("x".repeat(1024 * 1024 - 16));
    assert.equal(scan(sliced(message, [65_536])).frames.length, 1);
    const larger = new AwsEventStreamMessage({}).encode("x".repeat(1024 * 1024 - 15));
    assert.ok(!scan([larger]).isGood);
    assert.equal(scan([larger], 2 ** 40).frames.length, 1);
    assert.ok(!scan([forged({ total: 16 * 1024 * 1024 + 1, headers: 0 })], 2 ** 40).isGood);
  });

  test("60,000 streams in random slices, two of three with a flipped bit", () => {
    const words = fc.string({ unit: "grapheme", maxLength: 40 });
    const stream = fc.array(words, { minLength: 1, maxLength: 4 });
    const sizes = fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 8 });
    const flip = fc.option(fc.nat(), { freq: 3, nil: null });
    const property = fc.property(stream, sizes, flip, (payloads, slices, at) => {
      const messages = payloads.map((payload) => deltaMessage.encode(payload));
      const bytes = Buffer.concat(messages);
      if (at === null) {
        assert.deepEqual(scan(sliced(bytes, slices)).frames, messages);
        return;
      }
      const bit = at % (bytes.length * 8);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const { frames, isGood } = scan(sliced(bytes, slices));
      assert.ok(!isGood);
      assert.deepEqual(frames, messages.slice(0, frames.length));
    });
    fc.assert(property, { numRuns: 60_000 });
  });

  test("of many in one chunk those before the first that is wrong are handed out", () => {
    const payloads = fc.array(fc.string({ maxLength: 80 }), { minLength: 12, maxLength: 40 });
    const flips = fc.array(fc.nat(), { maxLength: 3 });
    const cut = fc.option(fc.nat(), { nil: null });
    const property = fc.property(payloads, flips, cut, (texts, bits, at) => {
      const messages = texts.map((text) => deltaMessage.encode(text));
      const whole = Buffer.concat(messages);
      const bytes = at === null ? whole : whole.subarray(0, at % whole.length);
      const wrong = new Set<number>();
      for (const bit of bits) {
        if (bytes.length === 0) break;
        const index = bit % bytes.length;
        if (wrong.has(index)) continue;
        wrong.add(index);
        bytes[index] = (bytes[index] ?? 0) ^ (1 << (bit & 7));
      }
      const { frames, isGood, pendingBytes } = scan([bytes]);
      let right = 0;
      let end = 0;
      for (const message of messages) {
        const start = end;
        end += message.length;
        if (end > bytes.length || [...wrong].some((byte) => byte >= start && byte < end)) break;
        right += 1;
      }
      assert.equal(frames.length, right);
      // What is wrong in a message that has not come whole is not known yet.
      const handedOut = frames.reduce((sum, { length }) => sum + length, 0);
      if (isGood) assert.equal(pendingBytes, bytes.length - handedOut);
      else assert.ok(wrong.size > 0);
    });
    fc.assert(property, { numRuns: 3_000 });
  });

  test("several that are wrong in one chunk do not make up for one another", () => {
    const messages = Array.from({ length: 40 }, (_, index) => deltaMessage.encode(`text ${index}`));
    const lengths = messages.map(({ length }) => length);
    for (let first = 0; first < messages.length; first += 1) {
      for (let second = first + 1; second < messages.length; second += 1) {
        const copies = messages.map((message) => Buffer.from(message));
        for (const index of [first, second]) {
          const copy = copies[index];
          copy?.writeUInt8(copy.readUInt8(copy.length - 6) ^ 1, copy.length - 6);
        }
        const { frames, isGood } = scan([Buffer.concat(copies)]);
        assert.ok(!isGood);
        assert.deepEqual(
          frames.map(({ length }) => length),
          lengths.slice(0, first),
        );
      }
    }
  });

  test("noise never throws, and is never taken for a message", () => {
    const noise = fc.uint8Array({ minLength: 1, maxLength: 64 });
    fc.assert(
      fc.property(fc.array(noise, { minLength: 1, maxLength: 4 }), (chunks) => {
        assert.deepEqual(scan(chunks.map((chunk) => Buffer.from(chunk))).frames, []);
      }),
      { numRuns: 5000 },
    );
  });
});

describe("headers", () => {
  const blockOf = (message: Buffer): [Buffer, number, number] => [
    message,
    preludeBytes,
    preludeBytes + message.readUInt32BE(4),
  ];

  test("of every type are read", () => {
    assert.deepEqual(Object.fromEntries(readAwsEventStreamHeaders(...blockOf(everyType)) ?? []), {
      yes: { type: "boolean", value: true },
      no: { type: "boolean", value: false },
      byte: { type: "byte", value: -1 },
      short: { type: "short", value: -2 },
      int: { type: "integer", value: -3 },
      long: { type: "long", value: -4n },
      bytes: { type: "binary", value: Buffer.of(1, 2) },
      text: { type: "string", value: "é" },
      at: { type: "timestamp", value: 1_795_175_998_000n },
      id: { type: "uuid", value: "01234567-89ab-cdef-0123-456789abcdef" },
    });
  });

  test("none are a list as well", () => {
    assert.equal(readAwsEventStreamHeaders(...blockOf(empty))?.size, 0);
  });

  test("that are cut anywhere are none, or fewer", () => {
    const [bytes, start, end] = blockOf(everyType);
    for (let cut = start; cut < end; cut += 1) {
      const headers = readAwsEventStreamHeaders(bytes.subarray(0, cut), start, cut);
      assert.ok(headers === null || headers.size < 10);
    }
  });

  test("of an unknown type are none", () => {
    const block = Buffer.from([1, 0x61, 10]);
    assert.equal(readAwsEventStreamHeaders(block, 0, block.length), null);
  });

  test("noise never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (noise) => {
        readAwsEventStreamHeaders(Buffer.from(noise), 0, noise.length);
      }),
      { numRuns: 5000 },
    );
  });
});

describe("AwsEventStreamMessage", () => {
  test("writes what the codec of the SDK writes", () => {
    assert.deepEqual(deltaMessage.encode(deltaPayload), delta);
    assert.deepEqual(new AwsEventStreamMessage({}).encode(""), empty);
  });
});

describe("AwsEventStreamReader", () => {
  const read = (message: Buffer): unknown =>
    new AwsEventStreamReader().read(message, 0, message.length);

  test("an event has a name and a payload, the same at the second sight", () => {
    const reader = new AwsEventStreamReader();
    const bytes = Buffer.concat([empty, delta, delta]);
    for (const start of [empty.length, empty.length + delta.length]) {
      const head = reader.read(bytes, start, start + delta.length);
      assert.deepEqual(head, { kind: "event", name: "contentBlockDelta", errorMessage: "" });
      const { payloadStart, payloadEnd } = reader;
      assert.equal(bytes.toString("utf8", payloadStart, payloadEnd), deltaPayload);
    }
  });

  test("a head that is usual is not parsed, any other is", () => {
    const name = "contentBlockDelta";
    const usual = headsOf([delta]);
    assert.deepEqual([...usual.values()], [{ kind: "event", name, errorMessage: "" }]);
    const reader = new AwsEventStreamReader(usual);
    assert.equal(reader.read(delta, 0, delta.length), [...usual.values()][0]);
    assert.equal(reader.read(empty, 0, empty.length), null);
    const other = new AwsEventStreamMessage({ ":message-type": "event", ":event-type": "x" });
    const message = other.encode("{}");
    assert.equal(reader.read(message, 0, message.length)?.name, "x");
  });

  test("an exception and an error", () => {
    const exception = new AwsEventStreamMessage({
      ":message-type": "exception",
      ":exception-type": "throttlingException",
    });
    assert.deepEqual(read(exception.encode("{}")), {
      kind: "exception",
      name: "throttlingException",
      errorMessage: "",
    });
    const error = new AwsEventStreamMessage({
      ":message-type": "error",
      ":error-code": "InternalFailure",
      ":error-message": "An internal server error occurred.",
    });
    assert.deepEqual(read(error.encode("")), {
      kind: "error",
      name: "InternalFailure",
      errorMessage: "An internal server error occurred.",
    });
  });

  test("a message that does not say what it is", () => {
    assert.equal(read(empty), null);
    assert.equal(read(new AwsEventStreamMessage({ ":message-type": "x" }).encode("")), null);
    assert.equal(read(everyType), null);
  });

  test("more kinds than are remembered, and heads of any length, are read all the same", () => {
    const reader = new AwsEventStreamReader();
    for (let index = 0; index < 100; index += 1) {
      const name = "n".repeat(index * 40);
      const headers = { ":message-type": "event", ":event-type": name };
      const message = new AwsEventStreamMessage(headers).encode("");
      assert.equal(reader.read(message, 0, message.length)?.name, name);
    }
  });
});

test("the checksum of a message is that of zlib, however long it is", () => {
  const lengths = fc.oneof(fc.integer({ min: 8, max: 40 }), fc.integer({ min: 240, max: 600 }));
  const messages = lengths.chain((length) =>
    fc.uint8Array({ minLength: length, maxLength: length }),
  );
  fc.assert(
    fc.property(messages, fc.nat(5), (message, start) => {
      const bytes = Buffer.concat([Buffer.alloc(start), message, Buffer.alloc(9)]);
      const prelude = preludeChecksum(bytes, start);
      const range = { start, end: start + message.length };
      assert.equal(messageChecksum(bytes, range, prelude), crc32(message));
    }),
    { numRuns: 2000 },
  );
});

test("the checksum of a prelude is that of zlib", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (bytes) => {
      assert.equal(preludeChecksum(Buffer.from(bytes), 0), crc32(bytes));
    }),
  );
});
