import assert from "node:assert/strict";
import { test } from "node:test";
import { figuresOf } from "../words/figures.ts";
import { languages, words } from "../words/languages.ts";
import { saidOf, toneOf } from "./alert-words.ts";

const cases = [
  [{ share: 0.8, code: null }, "warn", "80 % was spent", "80 % を使用しました"],
  [{ share: 1, code: null }, "bad", "100 % was spent", "100 % を使用しました"],
  [
    { share: 0.177, code: "budget_exhausted" },
    "warn",
    "a call was refused at 17.7 %",
    "17.7 % の時点で呼び出しを拒否しました",
  ],
  [
    { share: 0.177, code: "request_exceeds_budget" },
    "warn",
    "a call larger than the budget was refused",
    "予算全体を超える呼び出しを拒否しました",
  ],
  [
    { share: 1, code: "budget_exhausted" },
    "bad",
    "was spent, a call was refused",
    "使い切り、呼び出しを拒否しました",
  ],
  [
    { share: 1.5, code: "budget_exhausted" },
    "bad",
    "was spent, a call was refused",
    "使い切り、呼び出しを拒否しました",
  ],
] as const;

test("MON-12 an alert says what was, and is red only where all was spent", () => {
  for (const [alert, tone, ...said] of cases) {
    assert.equal(toneOf(alert), tone);
    for (const [n, language] of languages.entries()) {
      const text = saidOf(alert, words[language].alerts, figuresOf(language, words[language]));
      assert.equal(text, said[n]);
    }
  }
});
