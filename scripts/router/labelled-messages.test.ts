import assert from "node:assert/strict";
import { test } from "node:test";
import {
  labels,
  languages,
  readMessages,
  splitOf,
  splits,
  type LabelledMessage,
} from "./labelled-messages.ts";

// Failures name ids: nobody is to see a held-out text.
const all = splits.flatMap((split) => readMessages(split));
const none = (ids: readonly string[]): void => assert.deepEqual(ids, []);
const idsOf = (isWrong: (message: LabelledMessage) => boolean): string[] =>
  all.filter(isWrong).map(({ id }) => id);

const keys = ["id", "label", "lang", "split", "text", "why"].join();

test("RTE-5 each labelled message has its six texts, and none more", () => {
  none(idsOf((each) => Object.keys(each).toSorted().join() !== keys));
  none(idsOf((each) => Object.values(each).some((value) => typeof value !== "string" || !value)));
  none(idsOf(({ id, lang }) => !new RegExp(`^${lang}-\\d{3}$`).test(id)));
  none(idsOf(({ lang }) => !languages.includes(lang)));
  none(idsOf(({ label }) => !labels.includes(label)));
});

test("RTE-5 a third is held out by the ids alone, in a file of its own", () => {
  none(idsOf(({ id, split }) => split !== splitOf(id)));
  for (const split of splits) {
    none(readMessages(split).flatMap((each) => (each.split === split ? [] : [each.id])));
  }
  const share = readMessages("held-out").length / all.length;
  assert.ok(share > 0.3 && share < 0.4, `${share}`);
});

test("RTE-5 at least 450 messages, 150 of each language, about half of them simple", () => {
  assert.ok(all.length >= 450);
  for (const lang of languages) {
    const own = all.filter((each) => each.lang === lang);
    assert.ok(own.length >= 150, lang);
    const share = own.filter(({ label }) => label === "simple").length / own.length;
    assert.ok(share >= 0.45 && share <= 0.55, `${lang}: ${share}`);
  }
});

const folded = (text: string): string =>
  text.normalize("NFKC").toLowerCase().replaceAll(/\s+/gu, " ").trim();

/** Runs of four characters; a shorter text is one of its own. */
function gramsOf(text: string): ReadonlySet<string> {
  const characters = Array.from(folded(text));
  if (characters.length < 4) return new Set([characters.join("")]);
  return new Set(characters.slice(3).map((_, at) => characters.slice(at, at + 4).join("")));
}

/** What two sets share of what they have. */
const likeness = (one: ReadonlySet<string>, other: ReadonlySet<string>): number => {
  const both = one.intersection(other).size;
  return both / (one.size + other.size - both);
};

test("RTE-5 no id and no text stands twice, and no two texts of a language are nearly one", () => {
  assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
  assert.equal(new Set(all.map(({ text }) => folded(text))).size, all.length);
  for (const lang of languages) {
    const own = all
      .filter((each) => each.lang === lang)
      .map(({ id, text }) => ({ id, grams: gramsOf(text) }));
    const twins = own.flatMap(({ id, grams }, at) =>
      own.slice(at + 1).flatMap((other) => {
        return likeness(grams, other.grams) > 0.6 ? [`${id} ${other.id}`] : [];
      }),
    );
    none(twins);
  }
});
