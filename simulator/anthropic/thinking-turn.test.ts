import assert from "node:assert/strict";
import { test } from "node:test";
import { Fields } from "../fields.ts";
import { checkThinkingTurn, kindOfBlock } from "./thinking-turn.ts";

const user = { role: "user", content: "Hi" };
const thought = { type: "thinking", thinking: "Hm", signature: "s" };
const hidden = { type: "redacted_thinking", data: "d" };
const call = { type: "tool_use", id: "t", name: "f", input: {} };
const said = { type: "text", text: "Well" };
const assistant = (...content: object[]): object => ({ role: "assistant", content });
const result = { role: "user", content: [{ type: "tool_result", tool_use_id: "t" }, said] };

const check = (messages: readonly object[], type: string): void =>
  checkThinkingTurn(new Fields({ messages }, ""), new Fields({ type }, "thinking"), kindOfBlock);

const open: readonly (readonly object[])[] = [
  [user, assistant(call), result],
  [user, assistant(said, thought, call), result],
  [user, assistant(call), result, assistant(thought, call), result],
];
const whole: readonly (readonly object[])[] = [
  [user],
  [user, assistant(thought, call), result],
  [user, assistant(hidden, call), result, assistant(call), result],
  [user, assistant(call), result, assistant(said), user],
  [user, assistant(said)],
];

for (const [n, messages] of open.entries()) {
  test(`SIM-1 a turn with calls that begins with no thinking is refused (${n})`, () => {
    assert.throws(() => check(messages, "enabled"), /messages\.1\.content\.0\.type: Expected/);
    check(messages, "adaptive");
    check(messages, "disabled");
  });
}

for (const [n, messages] of whole.entries()) {
  test(`SIM-1 other turns are taken while thinking is enabled (${n})`, () => {
    check(messages, "enabled");
  });
}
