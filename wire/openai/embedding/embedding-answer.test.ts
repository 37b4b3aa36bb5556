import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { noUsage } from "../../canonical/usage.ts";
import { decodeEmbeddings, encodeEmbeddings, observeEmbeddings } from "./embedding-answer.ts";

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../fixtures/${name}`, import.meta.url));

const floats = fixture("embeddings-floats.json");
const coded = fixture("embeddings-base64.json");

describe("an answer with vectors", () => {
  test("WIR-10 has each as the provider wrote it, in the order of the inputs", () => {
    const decoded = decodeEmbeddings(floats, 2);
    assert.ok(decoded.ok);
    assert.deepEqual(decoded.value, {
      vectors: ["[-0.0069292834, -0.005336422,1e-05]", "[0.10, 2.00E-3, -0]"],
      model: "text-embedding-3-small",
      usage: { ...noUsage, input: 9 },
    });
    const base64 = decodeEmbeddings(coded, 1);
    assert.ok(base64.ok);
    assert.deepEqual(base64.value.vectors, ['"AACAPwAAAMAAAAA/"']);
  });

  test("is only counted where it passes", () => {
    const observed = observeEmbeddings(floats, 2);
    assert.ok(observed.ok);
    assert.deepEqual(observed.value.usage, { ...noUsage, input: 9 });
  });

  test("may name no model, no usage and no index", () => {
    const bare = Buffer.from('{"data":[{"embedding":[1]},{"embedding":[2]}]}');
    const decoded = decodeEmbeddings(bare, 2);
    assert.ok(decoded.ok);
    assert.deepEqual(decoded.value, { vectors: ["[1]", "[2]"], model: null, usage: null });
  });

  const wrong: Readonly<Record<string, string>> = {
    "no JSON": "<html>",
    "a list": "[]",
    "no data": "{}",
    "too few vectors": '{"data":[{"embedding":[1],"index":0}]}',
    "too many vectors": '{"data":[{"embedding":[1]},{"embedding":[1]},{"embedding":[1]}]}',
    "an empty vector": '{"data":[{"embedding":[1]},{"embedding":[]}]}',
    "no vector": '{"data":[{"embedding":[1]},{"index":1}]}',
  };
  for (const [name, text] of Object.entries(wrong)) {
    test(`is none: ${name}`, () => {
      for (const read of [decodeEmbeddings, observeEmbeddings]) {
        const decoded = read(Buffer.from(text), 2);
        assert.equal(decoded.ok ? null : decoded.fault.code, "upstream_malformed");
      }
    });
  }

  test("is counted in the time that its bytes take, 8 million numbers in it", () => {
    const vector = `[${"-0.0123456789,".repeat(4_095)}1]`;
    const items = Array.from(
      { length: 2_048 },
      (_, index) => `{"index":${index},"embedding":${vector}}`,
    );
    const bytes = Buffer.from(`{"data":[${items.join(",")}]}`);
    const begun = process.cpuUsage();
    const observed = observeEmbeddings(bytes, 2_048);
    const { user } = process.cpuUsage(begun);
    assert.ok(observed.ok);
    // JSON.parse takes 0.7 s and more; bytes that are searched a few hundredths.
    assert.ok(user < 400_000, `${user} µs`);
  });

  test("is none where an index stands twice or is beyond the inputs", () => {
    for (const index of [0, 2, -1, 0.5, null]) {
      const second = { embedding: [2], index };
      const text = JSON.stringify({ data: [{ embedding: [1], index: 0 }, second] });
      const decoded = decodeEmbeddings(Buffer.from(text), 2);
      assert.equal(decoded.ok ? index : decoded.fault.code, "upstream_malformed");
    }
  });

  test("RTE-7 is none where it is an error in a 200", () => {
    const error = { error: { message: "slow down", type: "rate_limit_error" } };
    const decoded = decodeEmbeddings(Buffer.from(JSON.stringify(error)), 1);
    assert.equal(decoded.ok ? null : decoded.fault.code, "upstream_rate_limited");
  });
});

test("an answer is written of vectors that are JSON already", () => {
  const text = encodeEmbeddings(["[0.10]", '"AACAPw=="'], {
    model: 'a "model"',
    usage: { ...noUsage, input: 5, cacheRead: 2 },
  });
  assert.equal(
    text,
    '{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.10]},' +
      '{"object":"embedding","index":1,"embedding":"AACAPw=="}],"model":"a \\"model\\"",' +
      '"usage":{"prompt_tokens":7,"total_tokens":7}}',
  );
});
