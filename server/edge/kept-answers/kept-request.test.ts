import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";
import type { Principal } from "@sekisho/gateway/principal.ts";
import type { FoundStream } from "@sekisho/gateway/responses/found-stream.ts";
import { unknownStream, type Streams } from "@sekisho/gateway/responses/streams.ts";
import { entryKind } from "@sekisho/wire/canonical/event.ts";
import { KeptRequest } from "./kept-request.ts";

const principal = { keyId: "key_1" } as Principal; // nothing else of it is looked at
const idOf = (n: number): string => `01m7xpmx4rey1sy2kxrjkhh${String(n).padStart(3, "0")}`;

const watch = () => () => {};

interface Kept {
  readonly input: string;
  readonly output: string;
  readonly previous: string | null;
}

/** A conversation of which every answer is kept, the oldest first, and how often one was read. */
function conversation(turns: readonly Kept[]) {
  const counts = { finds: 0 };
  const find = (id: string): FoundStream => {
    counts.finds += 1;
    const n = turns.findIndex((_, at) => idOf(at) === id);
    const turn = turns[n];
    if (turn === undefined) throw unknownStream(id);
    const entries = [
      { seq: 0, kind: entryKind.content, payload: { type: "text", text: turn.output } },
      { seq: 1, kind: entryKind.terminal, payload: { type: "finish", reason: "stop" } },
    ];
    const log = { nextSeq: 2, ended: true, page: (seq: number) => entries.slice(seq), watch };
    const kept = { isBackground: false, previous: turn.previous, input: [{ said: turn.input }] };
    return {
      head: { id, facts: { model: "fast", repeatedMembers: "", kept } },
      log,
    } as unknown as FoundStream; // what is read of it
  };
  const streams = { find } as unknown as Streams; // as above
  const expand = (body: object): object =>
    JSON.parse(
      new KeptRequest(streams, () => principal, true)
        .expand(Buffer.from(JSON.stringify({ model: "fast", ...body })))
        .toString(),
    );
  return { counts, expand, streams };
}

const turns = (count: number, chars: number): Kept[] =>
  Array.from({ length: count }, (_, n) => ({
    input: "q".repeat(chars),
    output: "a",
    previous: n === 0 ? null : `resp_${idOf(n - 1)}`,
  }));

describe("STR-5 answers that a body names", () => {
  test("stand before its own input, oldest first", () => {
    const { expand } = conversation(turns(2, 3));
    const said = expand({ input: "now", previous_response_id: `resp_${idOf(1)}` });
    const text = JSON.stringify(said);
    assert.equal(text.match(/"qqq"/g)?.length, 2);
    assert.ok(text.indexOf("now") > text.lastIndexOf("qqq"));
  });

  test("may be asked for again, as often as a body is read", () => {
    const { streams } = conversation(turns(5, 1_048_576));
    const kept = new KeptRequest(streams, () => principal, true);
    const said = { model: "fast", input: "now", previous_response_id: `resp_${idOf(4)}` };
    const body = Buffer.from(JSON.stringify(said));
    const first = kept.expand(body);
    assert.ok(first.equals(kept.expand(body)));
  });

  test("come to 8 MiB at most", () => {
    const { expand } = conversation(turns(9, 1_048_576));
    assert.throws(() => expand({ input: "now", previous_response_id: `resp_${idOf(8)}` }), {
      code: "payload_too_large",
      message: /limit 8388608$/,
    });
  });

  test("are read once, however many of their items are named", () => {
    const { counts, expand } = conversation(turns(1, 3));
    const item = { type: "item_reference", id: `msg_${idOf(0)}_0` };
    const many = expand({ input: Array.from({ length: 500 }, () => item) });
    assert.equal(counts.finds, 1);
    assert.equal(JSON.stringify(many).match(/"output_text"/g)?.length, 500);
  });

  test("are 200 at most", () => {
    const { counts, expand } = conversation(turns(201, 3));
    const items = turns(201, 3).map((_, n) => ({ type: "item_reference", id: `msg_${idOf(n)}_0` }));
    expand({ input: items.slice(1) });
    assert.equal(counts.finds, 200);
    for (const body of [{ input: items }, { previous_response_id: `resp_${idOf(200)}` }]) {
      assert.throws(() => expand(body), { code: "invalid_value", message: /more than 200/ });
    }
  });

  test("are no way to make much of little", () => {
    const { expand } = conversation([{ input: "q", output: "a".repeat(1_000), previous: null }]);
    const item = { type: "item_reference", id: `msg_${idOf(0)}_0` };
    assert.throws(() => expand({ input: Array.from({ length: 9_000 }, () => item) }), {
      code: "payload_too_large",
    });
  });
});
