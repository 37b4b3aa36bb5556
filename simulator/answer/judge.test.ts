import assert from "node:assert/strict";
import { test } from "node:test";
import { isSafe, moderationScore, moodOf } from "./judge.ts";

test("SIM-4 moderation by keyword, whole words in English", () => {
  assert.ok(isSafe("A skillful painter attacks the canvas"));
  assert.ok(!isSafe("You are an IDIOT"));
  assert.ok(!isSafe("この詐欺師め"));
  assert.ok(!isSafe("你这个白痴"));
});

test("SIM-4 a category of a moderation by keyword, its special cases half as sure", () => {
  assert.equal(moderationScore("violence", "I will KILL you"), 0.9);
  assert.equal(moderationScore("violence/graphic", "I will kill you"), 0.45);
  assert.equal(moderationScore("self-harm", "I will kill you"), 0.01);
  assert.equal(moderationScore("harassment", "バカだね"), 0.9);
  assert.equal(moderationScore("violence", "A skillful painter"), 0.01);
  assert.equal(moderationScore("price", "I will kill you"), null);
});

test("SIM-4 the mood of a review", () => {
  assert.equal(moodOf("Great art, I loved it"), "positive");
  assert.equal(moodOf("つまらない本でした"), "negative");
  assert.equal(moodOf("很好，但是书破损了"), "mixed");
  assert.equal(moodOf("It has 200 pages"), "neutral");
});
