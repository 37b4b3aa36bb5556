import { z } from "zod";
import { choice, identifier, laterValue, millis, section, text } from "./leaf.ts";
import { notYet } from "./not-yet.ts";
import { secretText } from "./secret-text.ts";

const laterKinds = {
  bedrock: "the provider kind Bedrock",
  anthropic: "the provider kind Anthropic",
  gemini: "the provider kind Gemini",
};

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
    .describe(`${about} A URL without a path gets \`/v1\`.`)
    .nullable()
    .default(null);

const region = (preset: string) =>
  identifier("region").describe("The label in logs, ledger and headers.").default(preset);

const credential = section("What the gateway shows the provider.", {
  id: identifier("credential").describe("The credential's name in logs and the ledger."),
  apiKey: secretText,
});

const reach = {
  http: choice("The protocol towards the provider.", ["h1"], {
    h2: "HTTP/2 towards providers",
  }).default("h1"),
  credentials: z
    .array(credential)
    .max(1, { error: () => "asks for several credentials, which this version does not have" })
    .describe("At most one in this version.")
    .default([]),
  pool: section("Connections to the provider.", {
    connections: z
      .union([z.literal("auto"), z.int().min(1).max(10_000)], {
        error: () => 'is neither "auto" nor a whole number from 1 to 10000',
      })
      .describe("At most so many at a time; `auto`: as many as thousands of streams need.")
      .default("auto"),
    connectMs: millis("A connection that takes longer has failed.").default(3000),
    idleMs: millis("An idle connection is closed after this time.").default(60_000),
  }).prefault({}),
  limits: section("The provider's quota.", {
    requestsPerMinute: notYet("provider quotas", [null]),
    tokensPerMinute: notYet("provider quotas", [null]),
  }).prefault({}),
  probe: section("How a provider's health is learnt.", {
    kind: choice("`passive`: from the calls that are made anyway.", ["passive"], {
      tcp: "active probes",
      call: "active probes",
    }).default("passive"),
  }).prefault({}),
};

const openai = section("OpenAI itself.", {
  kind: z.literal("openai").describe("What the provider speaks, and where it is."),
  region: region("global"),
  baseUrl: baseUrl("`null` is https://api.openai.com/v1."),
  ...reach,
});

const openaiCompatible = section("Any server that speaks OpenAI's dialect (vLLM, Ollama …).", {
  kind: z.literal("openai-compatible").describe("What the provider speaks, and where it is."),
  region: region("global"),
  baseUrl: baseUrl("Required."),
  ...reach,
});

const simulator = section("The simulator that comes with the gateway.", {
  kind: z.literal("simulator").describe("What the provider speaks, and where it is."),
  region: region("us-east-1"),
  dialect: choice("What it speaks.", ["openai"], {
    bedrock: "a simulated Bedrock",
    anthropic: "a simulated Anthropic",
    gemini: "a simulated Gemini",
  }).default("openai"),
  baseUrl: baseUrl("`null` is the simulator inside this process."),
  ...reach,
});

const provider = z.discriminatedUnion("kind", [openai, openaiCompatible, simulator], {
  error: ({ input }) =>
    typeof input === "object" && input !== null && "kind" in input
      ? laterValue(laterKinds, input.kind)
      : undefined,
});

export const providers = z
  .record(identifier("provider"), provider)
  .describe("Who serves models, by a name of your choice.")
  .default({});

/** The model's name at a provider. */
export const upstreamModel = text("The model's name at the provider.");
