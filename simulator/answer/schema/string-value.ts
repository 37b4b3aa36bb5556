import type { JsonObject } from "../../fields.ts";
import { isSafe, moodOf } from "../judge.ts";
import type { Hints } from "./hints.ts";
import { samplePattern } from "./sample-pattern.ts";

/** One valid value of each format that JSON Schema names. */
const formats: Readonly<Record<string, string>> = {
  "date-time": "2026-10-21T09:30:00Z",
  date: "2026-10-21",
  time: "09:30:00Z",
  duration: "P3D",
  email: "reader@example.com",
  "idn-email": "reader@example.com",
  hostname: "shop.example.com",
  "idn-hostname": "shop.example.com",
  ipv4: "192.0.2.10",
  ipv6: "2001:db8::10",
  uri: "https://shop.example.com/items/1",
  "uri-reference": "/items/1",
  iri: "https://shop.example.com/items/1",
  "iri-reference": "/items/1",
  uuid: "3f2b8c1e-7a4d-4e5f-9b60-1c2d3e4f5a6b",
  "json-pointer": "/items/0",
  regex: "^a+$",
};

type Guess = (hints: Hints) => string | undefined;

/** What a property is likely to want, by its name. The first row that has a value wins. */
const guesses: readonly [name: RegExp, guess: Guess][] = [
  [/sentiment|mood/i, (hints) => moodOf(hints.text)],
  [/severity/i, (hints) => (isSafe(hints.text) ? "low" : "high")],
  [/^(?:reply|answer|content|message|summary|reason|text|description|body)/i, (h) => h.prose],
  [/order|(?:^|_)id$|sku|isbn|number/i, (hints) => hints.codes[0]],
  [/lang|locale/i, (hints) => hints.language],
  [/city|location|place|region|country/i, (hints) => hints.names[0] ?? hints.quoted[0] ?? "Tokyo"],
  [/title|work|series/i, (hints) => hints.titles[0]],
  [/title|name|query|keyword|search|term|work|series|subject/i, (hints) => hints.quoted[0]],
  [/name|person|author|who/i, (hints) => hints.names[0]],
  [/e-?mail/i, () => formats["email"]],
  [/url|link/i, () => formats["uri"]],
  [/date/i, () => formats["date"]],
  [/query|keyword|search|term|question|prompt/i, (hints) => hints.snippet],
];

const guess = (hints: Hints): string => {
  for (const [name, make] of guesses) {
    const value = name.test(hints.property) ? make(hints) : undefined;
    if (value !== undefined && value !== "") return value;
  }
  return hints.snippet === "" ? "simulated" : hints.snippet;
};

const lengthOf = (schema: JsonObject, name: string, otherwise: number): number => {
  const value = schema[name];
  return typeof value === "number" && value >= 0 ? value : otherwise;
};

/** `maxLength` and `minLength` count code points. */
const fitLength = (text: string, schema: JsonObject): string => {
  const min = Math.min(lengthOf(schema, "minLength", 0), 100_000);
  const points = Array.from(text).slice(0, lengthOf(schema, "maxLength", Infinity));
  while (points.length < min) points.push("…");
  return points.join("");
};

/** A string that the schema allows. */
export const stringValue = (schema: JsonObject, hints: Hints): string => {
  const { pattern, format } = schema;
  if (typeof pattern === "string") return samplePattern(pattern, schema) ?? guess(hints);
  const ofFormat = typeof format === "string" ? formats[format] : undefined;
  return ofFormat ?? fitLength(guess(hints), schema);
};
