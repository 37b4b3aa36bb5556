import { codes, type CodeRow } from "@sekisho/wire/canonical/codes.data.ts";

const head = `# Errors

Every error that leaves Sekisho has one of these codes. It stands in the header
\`x-sekisho-cause\` of each refused model request, in the field \`code\` of problem details, and in
the column \`cause\` of the ledger. Clients of the OpenAI surfaces also get the type and code of
that dialect. \`x-should-retry\` says the same as the column "retry", unless the case at hand
knows better.

| code | status | retry | OpenAI type | OpenAI code | meaning |
| ---- | -----: | ----- | ----------- | ----------- | ------- |
`;

const lineOf = (code: string, { status, retryable, openai, meaning }: CodeRow): string => {
  const [type, dialectCode] = openai;
  const shown = dialectCode === null ? "–" : `\`${dialectCode}\``;
  const retry = retryable ? "yes" : "no";
  return `| \`${code}\` | ${status} | ${retry} | \`${type}\` | ${shown} | ${meaning} |\n`;
};

/** The text of docs/errors.md: the table of codes, for operators and authors of clients. */
export const errorsDoc = (): string =>
  head +
  Object.entries(codes)
    .map(([code, row]) => lineOf(code, row))
    .join("");
