import { type ConfigPath, formatPath } from "../config-path.ts";
import type { Finding } from "../problem.ts";
import { dialectOf } from "../derived/provider-endpoint.ts";
import type { ConfigShape } from "../schema.ts";
import {
  type CredentialForm,
  dialectForms,
  formsInWords,
  isCredentialForm,
} from "../schema/credentials.ts";

type Provider = ConfigShape["providers"][string];
type Credential = Provider["credentials"][number];

/** What a provider lacks that its kind has no default for, and credentials it cannot use. */
export const checkProvider = (path: ConfigPath, provider: Provider): Finding[] => [
  ...checkKind(path, provider),
  ...checkIds(path, provider),
];

/** Targets, circuits and ledger rows tell credentials apart by their names. */
function checkIds(path: ConfigPath, { credentials }: Provider): Finding[] {
  const ids = credentials.map(({ id }) => id);
  return ids.flatMap((id, at) => {
    const first = ids.indexOf(id);
    const here = [...path, "credentials", at, "id"];
    const rest = `: "${id}" is credentials[${first}] already`;
    return first === at ? [] : [{ path: here, sentence: formatPath(here) + rest }];
  });
}

function checkKind(path: ConfigPath, provider: Provider): Finding[] {
  const finding = (key: string, rest: string): Finding => {
    const at = [...path, key];
    return { path: at, sentence: formatPath(at) + rest };
  };
  const { baseUrl, credentials } = provider;
  const isBare = credentials.length === 0;
  switch (provider.kind) {
    case "openai-compatible":
      if (baseUrl !== null) return [];
      return [finding("baseUrl", " is missing: kind openai-compatible has no default")];
    case "openai":
      if (baseUrl !== null || !isBare) return [];
      return [finding("credentials", " is empty: api.openai.com wants an API key")];
    case "anthropic":
      if (baseUrl !== null || !isBare) return [];
      return [finding("credentials", ` is empty: api.anthropic.com wants ${wanted(provider)}`)];
    case "gemini":
      if (baseUrl !== null || !isBare) return [];
      return [
        finding("credentials", " is empty: generativelanguage.googleapis.com wants an API key"),
      ];
    case "bedrock":
      if (!isBare) return [];
      return [finding("credentials", ` is empty: Bedrock wants ${wanted(provider)}`)];
    case "ai-sdk":
      return checkPackage(path, provider);
    case "simulator":
      return credentials.flatMap((credential, at) =>
        checkSimulated([...path, "credentials", at], credential, provider),
      );
  }
}

/** What has a place of its own beside the options, and is checked there. */
const ownKeys = { baseURL: "baseUrl", apiKey: "credentials", fetch: null } as const;

function checkPackage(
  path: ConfigPath,
  { options, baseUrl, probe }: Extract<Provider, { kind: "ai-sdk" }>,
): Finding[] {
  const findings = Object.entries(ownKeys).flatMap(([key, place]): Finding[] => {
    if (!Object.hasOwn(options, key)) return [];
    const at = [...path, "options", key];
    const rest = place === null ? "is the gateway's own" : `stands under ${place} of the provider`;
    return [{ path: at, sentence: `${formatPath(at)} ${rest}` }];
  });
  if (probe.kind !== "tcp" || baseUrl !== null) return findings;
  const at = [...path, "probe", "kind"];
  const sentence = `${formatPath(at)}: "tcp" needs baseUrl: nobody else says where it connects to`;
  return [...findings, { path: at, sentence, about: [path] }];
}

type OwnProvider = Exclude<Provider, { kind: "ai-sdk" }>;

const wanted = (provider: OwnProvider): string => formsInWords(dialectForms[dialectOf(provider)]);

function checkSimulated(
  path: ConfigPath,
  credential: Credential,
  provider: OwnProvider,
): Finding[] {
  const dialect = dialectOf(provider);
  const possible: readonly CredentialForm[] = dialectForms[dialect];
  const form = Object.keys(credential).find(isCredentialForm);
  if (form === undefined || possible.includes(form)) return [];
  const at = [...path, form];
  const takes = `cannot be used by dialect ${dialect}, which takes ${formsInWords(possible)}`;
  // The provider is two levels above its credential.
  return [{ path: at, sentence: `${formatPath(at)} ${takes}`, about: [path.slice(0, -2)] }];
}
