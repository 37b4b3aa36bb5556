import { codes, type Code } from "./codes.data.ts";
import type { ProviderFault, Verdict } from "./provider-fault.ts";

/** What an error of a provider means, and what is done about it (RTE-7). */
export interface FaultRow {
  readonly code: Code;
  readonly verdict: Verdict;
  /** Quarantine the credential: others of the same target may still work. */
  readonly credential?: true;
}

/** What a provider said with an error. */
export interface SaidFault {
  readonly message: string | null;
  readonly param: string | null;
  readonly retryAfterMs: number | null;
}

const secrets = /\b(?:sk|pk|key|Bearer)[-_ ][\w*.-]{4,}|\bhttps?:\/\/\S+/g;
const maxMessageLength = 500;

/** A message that blames the request helps whoever wrote it; any other tells of the provider. */
const publicMessage = (row: FaultRow, message: string | null): string => {
  const { meaning } = codes[row.code];
  if (row.verdict !== "final" || message === null) return meaning;
  return withoutSecrets(message);
};

/** A message on one line, without keys and addresses. */
export function withoutSecrets(message: string): string {
  const line = message.slice(0, 4 * maxMessageLength).replaceAll(/\p{Cc}+/gu, " ");
  return line.replaceAll(secrets, "…").slice(0, maxMessageLength).toWellFormed();
}

const paths = /(?:file:\/\/|[A-Za-z]:\\|~?\/)[^\s"'()]*[/\\][^\s"'()]+/g;

/** The same without the paths of files, which tell of the machine. */
export const withoutPaths = (message: string): string => message.replaceAll(paths, "…");

/** A provider's error in our words: without keys and addresses, and only as much as is public. */
export const faultOfRow = (row: FaultRow, said: SaidFault): ProviderFault => ({
  code: row.code,
  message: publicMessage(row, said.message),
  param: row.verdict === "final" ? said.param : null,
  retryAfterMs: said.retryAfterMs,
  verdict: row.verdict,
  credentialFault: row.credential === true,
});
