import assert from "node:assert/strict";
import { test } from "node:test";
import type { Question, Turn } from "../question.ts";
import { begunAnswer, restOf } from "./continued.ts";

const turn = (role: Turn["role"], text: string): Turn => ({
  role,
  text,
  images: [],
  documents: [],
  calls: [],
});

const ask = turn("user", "Say: one two three");

/** What is known of the answer to a conversation of these turns. */
const begun = (...turns: readonly Turn[]) => begunAnswer({ turns } as Question); // no more is read

test("SIM-4 an answer goes on from the assistant's own words at the end", () =>
  assert.deepEqual(begun(ask, turn("assistant", "one")), { asked: ask, said: "one" }));

test("SIM-4 an answer goes on where the user asks for the rest of it", () => {
  const more = turn("user", "Continue your answer exactly where it ends.");
  assert.deepEqual(begun(ask, turn("assistant", "one"), more), { asked: ask, said: "one" });
});

test("SIM-4 any other conversation has its answer from the beginning", () => {
  assert.equal(begun(ask), null);
  assert.equal(begun(turn("user", "Continue the story")), null);
  assert.equal(begun(ask, turn("assistant", "one"), turn("user", "Thanks")), null);
  assert.equal(begun(ask, turn("assistant", "")), null);
});

test("SIM-4 the rest is what was not said yet, of another text all of it", () => {
  assert.equal(restOf("one two three", { said: "one" }), " two three");
  assert.equal(restOf("one two three", { said: "five" }), "one two three");
});
