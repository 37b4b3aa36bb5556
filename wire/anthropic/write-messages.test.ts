import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { Message, Part } from "../canonical/request.ts";
import {
  assistant,
  call,
  result,
  system,
  text,
  textBlock,
  user,
  write,
  writeText,
} from "./request-fixture.ts";

const turns = (messages: readonly Message[]): unknown => write({ messages })["messages"];

describe("turns", () => {
  test("neighbours of one side become one turn, results ahead of what is said beside them", () => {
    const messages: Message[] = [
      user(text("a")),
      user(text("b")),
      assistant(text("c")),
      assistant(call("x", "{}"), call("y", "{}")),
      user(text("d")),
      { role: "tool", parts: [result("x", text("1"))] },
      { role: "tool", parts: [result("y")] },
    ];
    assert.deepEqual(turns(messages), [
      { role: "user", content: [textBlock("a"), textBlock("b")] },
      {
        role: "assistant",
        content: [
          textBlock("c"),
          { type: "tool_use", id: "x", name: "f", input: {} },
          { type: "tool_use", id: "y", name: "f", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "x", content: [textBlock("1")] },
          { type: "tool_result", tool_use_id: "y" },
          textBlock("d"),
        ],
      },
    ]);
  });

  test("an instruction in between stands behind the user's turn", () => {
    const messages = [
      user(text("a")),
      assistant(text("b")),
      system(text("s")),
      user(text("c")),
      system(text("t")),
    ];
    assert.deepEqual(turns(messages), [
      { role: "user", content: [textBlock("a")] },
      { role: "assistant", content: [textBlock("b")] },
      { role: "user", content: [textBlock("c")] },
      { role: "system", content: [textBlock("s"), textBlock("t")] },
    ]);
  });

  test("empty texts, and white space at the end of an answer to go on with, are left out", () => {
    assert.deepEqual(
      turns([
        user(text(""), text("a")),
        assistant(text("")),
        user(text("b")),
        assistant(text("c \n")),
      ]),
      [
        { role: "user", content: [textBlock("a"), textBlock("b")] },
        { role: "assistant", content: [textBlock("c")] },
      ],
    );
  });

  test("WIR-10 arguments stay as they were written; none are an empty object", () => {
    const written = writeText({
      messages: [
        user(text("a")),
        assistant(call("x", '{"n":9007199254740993, "m":1.0}'), call("y", " ")),
      ],
    });
    assert.match(written, /"input":\{"n":9007199254740993, "m":1\.0\}/);
    assert.match(written, /"id":"y","name":"f","input":\{\}/);
  });

  test("WIR-13 ids outside the grammar are mapped, calls and results alike", () => {
    const id = "functions.f:0";
    const body = write({
      messages: [user(text("a")), assistant(call(id, "{}")), user(result(id, text("1")))],
    });
    const [, made, answered] = body["messages"] as { content: Record<string, unknown>[] }[];
    assert.match(String(made?.content[0]?.["id"]), /^functions_f_0_[a-z0-9]{11}$/);
    assert.equal(made?.content[0]?.["id"], answered?.content[0]?.["tool_use_id"]);
  });

  test("reasoning goes back only with what proves it", () => {
    const messages = [
      user(text("a")),
      assistant(
        { kind: "reasoning", text: "plain" },
        { kind: "reasoning", text: "hm", signature: "s" },
        { kind: "reasoning", text: "", redacted: "x" },
        text("b"),
      ),
      user(text("c")),
    ];
    const [, made] = turns(messages) as { content: unknown }[];
    assert.deepEqual(made?.content, [
      { type: "thinking", thinking: "hm", signature: "s" },
      { type: "redacted_thinking", data: "x" },
      textBlock("b"),
    ]);
  });

  test("a cache point marks what stands before it, never thinking", () => {
    const point = { kind: "cachePoint", ttl: "1h" } as const;
    const mark = { cache_control: { type: "ephemeral", ttl: "1h" } };
    const messages = [
      user(point, text("a"), point),
      assistant(text("b"), { kind: "reasoning", text: "", signature: "s" }, point),
    ];
    assert.deepEqual(turns(messages), [
      { role: "user", content: [{ ...textBlock("a"), ...mark }] },
      {
        role: "assistant",
        content: [
          { ...textBlock("b"), ...mark },
          { type: "thinking", thinking: "", signature: "s" },
        ],
      },
    ]);
  });

  test("media in the words of this dialect", () => {
    const data = Buffer.from("né").toString("base64");
    const parts: Part[] = [
      {
        kind: "image",
        source: { kind: "base64", mediaType: "image/jpg", data: "AA" },
        detail: "low",
      },
      { kind: "document", source: { kind: "base64", mediaType: "text/markdown", data }, name: "n" },
      { kind: "refusal", text: "no" },
    ];
    const [turn] = turns([user(...parts)]) as { content: unknown }[];
    assert.deepEqual(turn?.content, [
      { type: "image", source: { type: "base64", media_type: "image/jpeg", data: "AA" } },
      {
        type: "document",
        source: { type: "text", media_type: "text/plain", data: "né" },
        title: "n",
      },
      textBlock("no"),
    ]);
  });
});
