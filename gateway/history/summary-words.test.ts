import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message } from "@sekisho/wire/canonical/request.ts";
import { endOf, transcript } from "./summary-words.ts";

const text = (role: Message["role"], said: string): Message => ({
  role,
  parts: [{ kind: "text", text: said }],
});

test("MON-5 a transcript has words, calls and results; media and reasoning by name at most", () => {
  const messages: Message[] = [
    text("user", "Find it"),
    {
      role: "assistant",
      parts: [
        { kind: "reasoning", text: "secret" },
        { kind: "toolCall", id: "1", name: "find", arguments: '{"a":1}' },
      ],
    },
    {
      role: "tool",
      parts: [{ kind: "toolResult", id: "1", parts: [{ kind: "text", text: "Akira" }] }],
    },
    { role: "user", parts: [{ kind: "image", source: { kind: "url", url: "https://x" } }] },
  ];
  assert.equal(
    transcript({ messages }, "They said hello."),
    "Summary of what was before: They said hello.\n\nUser: Find it\n\n" +
      'Assistant: (calls find with {"a":1})\n\nTool: (result: Akira)\n\nUser: (an image)',
  );
  assert.equal(transcript({ messages: [text("user", "Hi")] }, null), "User: Hi");
});

test("MON-5 of a text that is too long the newest is taken, and no half of a character", () => {
  assert.equal(endOf("abcdef", 6), "abcdef");
  assert.equal(endOf("abcdef", 2), "(…) ef");
  assert.equal(endOf("a🎌b", 2).isWellFormed(), true);
});
