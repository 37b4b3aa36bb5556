import { isAllowEntry } from "@sekisho/lib/http/egress/egress-allow-list.ts";
import { maxStreamGraceMs } from "@sekisho/wire/admin/keys.ts";
import { z } from "zod";
import { choice, decimal, flag, millis, section, text, wholeNumber } from "./leaf.ts";
import { addressRange } from "./address-range.ts";
import { notYet } from "./not-yet.ts";

const port = (about: string) => wholeNumber(about, { min: 0, max: 65_535 });

export const env = choice("The environment, in key prefixes and labels.", [
  "dev",
  "staging",
  "prod",
]).default("dev");

const host =
  /^(?:loopback|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/;

const pathPrefix = /^(?:\/[A-Za-z0-9._~-]{1,64}){1,8}$/;

export const listen = section("The public listener.", {
  host: z
    .string()
    .regex(host, {
      error: () => "is not a host: loopback, a name, or an IP address without brackets",
    })
    .describe("`loopback` is 127.0.0.1 and ::1; anything else needs `public: true`.")
    .default("loopback"),
  port: port("HTTP/1.1 and cleartext HTTP/2 on one port; 0 takes any free port.").default(8080),
  adminPort: port("The admin API's own port; `null` shares `port` on loopback.")
    .nullable()
    .default(null),
  public: flag("States that strangers may reach `host`: turns demo key and simulator off.").default(
    false,
  ),
  pathPrefixes: z
    .array(
      z.string().regex(pathPrefix, {
        error: () => "is not the start of a path: /name, without a slash at its end",
      }),
    )
    .max(8)
    .describe("What a proxy takes off the start of paths: clients of AWS have signed it.")
    .default([]),
  trustedProxies: z
    .array(addressRange)
    .max(100)
    .describe("Proxies, as addresses or ranges, whose `X-Forwarded-For` is believed.")
    .default([]),
  tls: notYet("TLS on the listener", [null]),
}).prefault({});

export const data = text(
  "The folder of everything durable; `:memory:` is a temporary one that goes with the process.",
  4096,
).default("./data");

export const storage = section("Where durable state lives.", {
  profile: choice("SQLite in the data folder.", ["embedded"], {
    cluster: "storage in PostgreSQL and Redis",
    aws: "storage in the AWS services",
  }).default("embedded"),
}).prefault({});

export const processes = wholeNumber(
  "Processes that serve on one port; more than one is supervised by another that serves nothing.",
  { min: 1, max: 64 },
).default(1);

export const log = section(
  "Structured logs on standard error, those of single requests within 20 ms.",
  {
    level: choice("The least severe line that is written.", [
      "debug",
      "info",
      "warn",
      "error",
    ]).default("info"),
    prompts: notYet("prompts in logs", [false]),
  },
).prefault({});

const autoFlag = (about: string) =>
  z
    .union([z.literal("auto"), z.boolean()], {
      error: () => 'is none of "auto", true and false',
    })
    .describe(about)
    .default("auto");

export const features = section("Parts that can be turned off.", {
  testEndpoints: autoFlag(
    "`/test/…`, and `/chat` without a key on loopback. `auto` means what it does below.",
  ),
  simulator: autoFlag("`auto`: on while bound to loopback without real providers."),
  manga: flag("Not in this version: MangaAssist.").default(true),
  console: flag("The operator's web page under `/console`, where the admin API is.").default(true),
}).prefault({});

export const egress = section(
  "URLs that clients give, fetched for providers that take bytes alone.",
  {
    allow: z
      .array(
        z.string().refine(isAllowEntry, {
          error: () => "is neither a host, nor host:port, nor a range of addresses (10.1.0.0/16)",
        }),
      )
      .max(100)
      .describe("Hosts and ranges that may be private, and may be asked without TLS.")
      .default([]),
  },
).prefault({});

export const shedding = section(
  "Load above which calls are refused, those that depend on least first; `null`: never for that.",
  {
    lagMs: wholeNumber("99 of 100 moments must wait for the event loop so long at most.", {
      min: 1,
      max: 60_000,
    })
      .nullable()
      .default(50),
    heapShare: decimal("The used part of the memory that V8's heap may have.", {
      min: 0.001,
      max: 0.999,
    })
      .nullable()
      .default(0.85),
    queueAgeMs: millis("How long a call may wait for a connection, or for its intent to be kept.")
      .nullable()
      .default(1000),
  },
).prefault({});

export const streams = section("How answers are streamed to clients.", {
  flushMs: wholeNumber("Deltas within this time after one another leave in one write.", {
    min: 0,
    max: 10_000,
  }).default(0),
  socketFlushMs: wholeNumber("The same for sessions over WebSocket.", {
    min: 0,
    max: 10_000,
  }).default(50),
  chatFlushMs: notYet("the chat surface", [50]),
  heartbeatMs: millis("A comment is sent after this time without a delta.", 100).default(5000),
  graceMs: wholeNumber("A resumable answer runs on for so long when its last reader has left.", {
    min: 0,
    max: maxStreamGraceMs,
  }).default(10_000),
  keepMs: millis("A resumable answer can be read again for so long after its end.", 1_000).default(
    600_000,
  ),
  keptBytes: wholeNumber("What one resumable answer may have in the file of its hour.", {
    min: 65_536,
    max: 268_435_456,
  }).default(8_388_608),
  maxDiskBytes: wholeNumber(
    "What all these answers may have on the disk, of all processes together; the oldest go first.",
    { min: 16_777_216, max: Number.MAX_SAFE_INTEGER },
  ).default(10_737_418_240),
  keepHours: wholeNumber("Files of hours that are over for so long are dropped whole.", {
    min: 1,
    max: 8_760,
  }).default(24),
}).prefault({});

export const idempotency = section("Repeated requests answered once.", {
  keepHours: wholeNumber("How long an `Idempotency-Key` stands for its request; 0: not at all.", {
    min: 0,
    max: 8_760,
  }).default(24),
  contentWindowMs: wholeNumber(
    "Requests without a key that say the same within this time are one; 0: none are.",
    { min: 0, max: 60_000 },
  ).default(0),
  replayMs: millis("So long after the first of them at most.", 1_000).default(30_000),
  awsRetries: flag("Is `amz-sdk-invocation-id` of an AWS SDK a key? It sends one always.").default(
    false,
  ),
}).prefault({});

export const ledger = section("What is kept of single calls.", {
  keepDays: wholeNumber("Calls of days that are over for so long are dropped; `null`: none.", {
    min: 1,
    max: 36_500,
  })
    .nullable()
    .default(null),
}).prefault({});

export const retryBudget = section(
  "What retries may come to: they must not make an outage worse (both budgets are needed).",
  {
    cap: wholeNumber("Retries that a region may receive at once; a budget starts full.", {
      min: 0,
      max: 1_000_000,
    }).default(100),
    perCall: decimal("What each first attempt adds to it.", { min: 0, max: 10 }).default(0.1),
    floor: wholeNumber("Retries that pass when it is empty …", { min: 0, max: 1_000_000 }).default(
      3,
    ),
    floorWindowMs: millis("… in each such time.").default(10_000),
    spendShare: decimal("The share of spend that failed attempts may waste; `null`: any.", {
      min: 0,
      max: 1,
    })
      .nullable()
      .default(0.05),
  },
).prefault({});

export const drained = z
  .array(text("A region or the name of a provider.", 64))
  .max(100)
  .describe("Regions and providers that are taken out of use: no call goes there.")
  .default([]);
