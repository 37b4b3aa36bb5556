import { apiVersions } from "@sekisho/wire/anthropic/claude/api-version.ts";
import { z } from "zod";
import { credentials, kindForms } from "./credentials.ts";
import { choice, identifier, millis, name, section, text, wholeNumber } from "./leaf.ts";
import { packageName, packageOptions } from "./package-options.ts";

/** http and https only: a provider is a server that the administrator names (SEC-6). */
function isBaseUrl(value: string): boolean {
  const url = URL.parse(value);
  if (url === null || !["http:", "https:"].includes(url.protocol)) return false;
  const extras = url.username + url.password + url.search + url.hash;
  return extras === "" && url.hostname !== "";
}

const baseUrl = (about: string) =>
  z
    .string()
    .max(2048)
    .refine(isBaseUrl, {
      error: () => "is not a base URL: http or https, without user, query and fragment",
    })
    .describe(about)
    .nullable()
    .default(null);

const region = (preset: string) =>
  identifier("region").describe("The label in logs, ledger and headers.").default(preset);

/** It becomes a part of a host name, so nothing else can stand in it (SEC-7). */
const awsRegion = z
  .string()
  .regex(/^[a-z]{2,4}(?:-[a-z]{1,12}){1,2}-[1-9]\d?$/, {
    error: () => "is not a region of AWS, such as us-east-1",
  })
  .describe("The region of AWS: in the host, in signatures, in logs, ledger and headers.");

const quota = (about: string) =>
  wholeNumber(about, { min: 1, max: 1_000_000_000 }).nullable().default(null);

const kind = <const Kind extends string>(value: Kind) =>
  z.literal(value).describe("What the provider speaks, and where it is.");

/** A name of JavaScript. */
const exportName = (about: string) =>
  name("member", /^[A-Za-z_$][\w$]{0,63}$/, "letters, digits, _ and $ only, at most 64").describe(
    about,
  );

const reach = {
  http: choice("The protocol towards the provider.", ["h1"], {
    h2: "HTTP/2 towards providers",
  }).default("h1"),
  pool: section("Connections to the provider.", {
    connections: z
      .union([z.literal("auto"), z.int().min(1).max(10_000)], {
        error: () => 'is neither "auto" nor a whole number from 1 to 10000',
      })
      .describe("At most so many at a time; `auto`: as many as thousands of streams need.")
      .default("auto"),
    connectMs: millis("A connection that takes longer has failed.").default(3000),
    queueMs: millis("A call that waits longer for one of them goes to another target.").default(
      2000,
    ),
    idleMs: millis("An idle connection is closed after this time.").default(60_000),
  }).prefault({}),
  limits: section("What it grants each model under each credential; calls spill over before.", {
    requestsPerMinute: quota("Calls in a minute; `null`: nothing is declared."),
    tokensPerMinute: quota("Tokens in a minute, with the whole output cap until a call is over."),
  }).prefault({}),
  health: section("When all models of the provider, or of a credential, are rested together.", {
    regionFailures: wholeNumber("So many failures open the region; `null`: it never opens.", {
      min: 1,
      max: 1000,
    })
      .nullable()
      .default(5),
    regionModels: wholeNumber("Errors count against the region when so many models have some.", {
      min: 1,
      max: 64,
    }).default(2),
    regionOpenMs: millis(
      "How long the region stays open at first; it doubles to 10 minutes.",
    ).default(60_000),
    quarantineMs: millis("How long a refused credential is kept from use at first; `null`: not.")
      .nullable()
      .default(60_000),
  }).prefault({}),
  probe: section("How a provider's health is learnt.", {
    kind: choice(
      "`passive`: from the calls that are made anyway; `tcp`: by connections; `call`: by calls.",
      ["passive", "tcp", "call"],
    ).default("passive"),
    everyMs: millis("The time from one look to the next.", 100).default(5000),
    model: text("What `call` asks while all is well; `null`: each model in its turn.")
      .nullable()
      .default(null),
  }).prefault({}),
};

const openai = section("OpenAI itself.", {
  kind: kind("openai"),
  region: region("global"),
  baseUrl: baseUrl("`null` is https://api.openai.com/v1. A URL without a path gets `/v1`."),
  credentials: credentials(kindForms.openai),
  ...reach,
});

const openaiCompatible = section("Any server that speaks OpenAI's dialect (vLLM, Ollama …).", {
  kind: kind("openai-compatible"),
  region: region("global"),
  baseUrl: baseUrl("Required. A URL without a path gets `/v1`."),
  credentials: credentials(kindForms["openai-compatible"]),
  ...reach,
});

const anthropic = section("Anthropic, or a server that speaks its messages.", {
  kind: kind("anthropic"),
  region: region("global"),
  baseUrl: baseUrl("`null` is https://api.anthropic.com; `/v1/messages` is appended."),
  apiVersion: choice(
    "The `anthropic-version` of calls whose client speaks another dialect.",
    apiVersions,
  ).default("2023-06-01"),
  credentials: credentials(kindForms.anthropic),
  ...reach,
});

const bedrock = section("Amazon Bedrock; its credentials: `docs/operating/aws-credentials.md`.", {
  kind: kind("bedrock"),
  region: awsRegion,
  baseUrl: baseUrl(
    "`null` is https://bedrock-runtime.`region`.amazonaws.com; `/model/…` is appended.",
  ),
  api: choice(
    "`auto`: Converse, and InvokeModel for clients of InvokeModel, and of Anthropic on Claude.",
    ["auto", "converse", "invoke"],
  ).default("auto"),
  credentials: credentials(kindForms.bedrock),
  ...reach,
});

const gemini = section("Google's Gemini, or a server that speaks its generateContent.", {
  kind: kind("gemini"),
  region: region("global"),
  baseUrl: baseUrl(
    "`null` is https://generativelanguage.googleapis.com; `/v1beta/models/…` is appended.",
  ),
  credentials: credentials(kindForms.gemini),
  ...reach,
});

const aiSdk = section(
  "A provider package of the AI SDK; `docs/extending/use-an-ai-sdk-provider.md`.",
  {
    kind: kind("ai-sdk"),
    region: region("global"),
    package: packageName,
    factory: exportName("The export that makes the provider; `null`: its only `create…`.")
      .nullable()
      .default(null),
    method: exportName("The provider's method that gives a model by its name.").default(
      "languageModel",
    ),
    baseUrl: baseUrl(
      "`null` is the package's own. Else the factory gets it, and no other origin is called.",
    ),
    options: packageOptions,
    credentials: credentials(kindForms["ai-sdk"]),
    ...reach,
  },
);

const simulator = section("The simulator that comes with the gateway.", {
  kind: kind("simulator"),
  region: region("us-east-1"),
  dialect: choice("What it speaks.", ["openai", "anthropic", "bedrock", "gemini"]).default(
    "openai",
  ),
  baseUrl: baseUrl(
    "`null` is the simulator inside this process. For `openai` a URL without a path gets `/v1`.",
  ),
  credentials: credentials(kindForms.simulator),
  ...reach,
});

const provider = z.discriminatedUnion("kind", [
  openai,
  openaiCompatible,
  anthropic,
  bedrock,
  gemini,
  aiSdk,
  simulator,
]);

export const providers = z
  .record(identifier("provider"), provider)
  .describe("Who serves models, by a name of your choice.")
  .default({});

/** The model's name at a provider. */
export const upstreamModel = text("The model's name at the provider.");
