import { oidc } from "./issuers.ts";
import { section } from "./leaf.ts";
import { notYet, notYetList, notYetMap } from "./not-yet.ts";

const webhooks = "webhooks and events";
const mangaAssist = "MangaAssist";

export const admin = section("Who may use the admin API besides admin keys.", {
  oidc: oidc.nullable().default(null),
}).prefault({});

export const automation = section("Webhooks to effects. Not in this version.", {
  sources: notYetMap(webhooks),
  rules: notYetList(webhooks),
  queues: notYetMap("queues"),
  smtp: notYet("mail", [null]),
}).prefault({});

export const manga = section("The store assistant. Not in this version.", {
  models: section("The aliases it uses.", {
    fast: notYet(mangaAssist, ["fast"]),
    quality: notYet(mangaAssist, ["quality"]),
    auto: notYet(mangaAssist, ["auto"]),
  }).prefault({}),
  catalog: notYet(mangaAssist, ["seed"]),
}).prefault({});
