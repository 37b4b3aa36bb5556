import { codes, type CodeRow } from "@sekisho/wire/canonical/codes.data.ts";

const head = `# Errors

Every error that leaves Sekisho has one of these codes. It stands in the header
\`x-sekisho-cause\` of each refused model request, in the field \`code\` of problem details, and in
the column \`cause\` of the ledger. Clients also get the words of their own dialect, and its status
where that differs from the first one. \`x-should-retry\` says the same as the column "retry",
unless the case at hand knows better.

| code | status | retry | OpenAI type | OpenAI code | Anthropic | Bedrock | Gemini | meaning |
| ---- | -----: | ----- | ----------- | ----------- | --------- | ------- | ------ | ------- |
`;

const words = ([name, status]: readonly [string, number], usual: number): string =>
  status === usual ? `\`${name}\`` : `\`${name}\` ${status}`;

const lineOf = (code: string, row: CodeRow): string => {
  const { status, retryable, openai, anthropic, bedrock, gemini, meaning } = row;
  const [type, dialectCode] = openai;
  const cells = [
    `\`${code}\``,
    status,
    retryable ? "yes" : "no",
    `\`${type}\``,
    dialectCode === null ? "–" : `\`${dialectCode}\``,
    words(anthropic, status),
    words(bedrock, status),
    words(gemini, status),
    meaning,
  ];
  return `| ${cells.join(" | ")} |\n`;
};

/** The text of docs/errors.md: the table of codes, for operators and authors of clients. */
export const errorsDoc = (): string =>
  head +
  Object.entries(codes)
    .map(([code, row]) => lineOf(code, row))
    .join("");
