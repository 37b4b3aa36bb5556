import { z } from "zod";
import { identifier, section } from "./leaf.ts";
import { secretText } from "./secret-text.ts";

const id = identifier("credential").describe("The credential's name in logs and the ledger.");

/** What a credential can be, by the key that tells it from the others. */
const forms = {
  apiKey: section("A key of the provider.", { id, apiKey: secretText }),
  bearer: section("A token, sent as `authorization: Bearer`.", { id, bearer: secretText }),
  sigv4: section("A pair of AWS keys, with which requests are signed.", {
    id,
    sigv4: section("The pair.", {
      accessKeyId: secretText,
      secretAccessKey: secretText,
      sessionToken: secretText.nullable().default(null),
    }),
  }),
  chain: section("What AWS's standard chain finds: environment, profile, container, instance.", {
    id,
    chain: z.literal(true).describe("Keys that the chain finds and refreshes ahead."),
  }),
};

export type CredentialForm = keyof typeof forms;

export const isCredentialForm = (key: unknown): key is CredentialForm =>
  typeof key === "string" && Object.hasOwn(forms, key);

/** What a server of each dialect can be shown. */
export const dialectForms = {
  openai: ["apiKey"],
  anthropic: ["apiKey", "bearer"],
  bedrock: ["bearer", "sigv4", "chain"],
  gemini: ["apiKey"],
} as const satisfies Record<string, readonly [CredentialForm, ...CredentialForm[]]>;

export type Dialect = keyof typeof dialectForms;

const anyForm = ["apiKey", "bearer", "sigv4", "chain"] as const;

/** What the schema lets a provider of each kind have. */
export const kindForms = {
  openai: dialectForms.openai,
  "openai-compatible": dialectForms.openai,
  anthropic: dialectForms.anthropic,
  bedrock: dialectForms.bedrock,
  gemini: dialectForms.gemini,
  // A package speaks whatever it speaks; what it calls a key is one.
  "ai-sdk": ["apiKey"],
  // Which of them depends on its dialect: `checkConfig` holds it.
  simulator: anyForm,
} as const satisfies Record<string, readonly [CredentialForm, ...CredentialForm[]]>;

export type ProviderKind = keyof typeof kindForms;

/** "bearer, sigv4 or chain". */
export const formsInWords = (names: readonly CredentialForm[]): string =>
  names.join(", ").replace(/, (\w+)$/, " or $1");

/** A provider's credentials: each one of these forms. */
export const credentials = <Name extends CredentialForm>(names: readonly [Name, ...Name[]]) =>
  z
    .array(z.union(names.map((name) => forms[name])))
    .max(16)
    .describe("Each one is a target of its own: calls go on with another when one is refused.")
    .default([]);
