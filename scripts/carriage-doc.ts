import { carriage, type CarriageRow } from "@sekisho/wire/canonical/carriage.data.ts";

const head = `# What a translation carries

A request goes to a target that speaks its client's own words as it is, byte for byte, whatever it
asks for. To any other target it is translated, and this table says what becomes of each feature:

- **carry**: it is said in the target's words.
- **fetch**: the target takes bytes alone. The gateway sends what it fetches from the URL, by the
  rules and limits of [attachments](operating/attachments.md).
- **drop**: it only tunes the answer. It is left out, and the header \`x-sekisho-dropped\` of the
  answer names it as in the first column.
- **refuse**: without it the answer would mean something else. The target is passed over; when none
  is left, the answer is 400 \`unsupported_by_target\` with the field at fault.

The columns are the words of the target. Converse is Bedrock's; InvokeModel is Claude's native body
on Bedrock: Anthropic's words, as far as Bedrock takes them. A sampling parameter that a model or an
API version would answer with an error is dropped too, and named. Of bodies of InvokeModel those of
Claude, Nova and Titan Text are translated, and those of Titan and Cohere for vectors
([the spec](spec/wire.md)); they are answered in their own words. Those of other makers
are passed to Bedrock and translated to none.

A request for a response (\`POST /v1/responses\`) is translated for every target, those of OpenAI's
dialect included, by the same columns. What no target carries of it is refused before there is a
plan: docs/spec/wire.md, Responses.

An instruction in mid-conversation is carried to Claude from 4.8 on, at Anthropic and on Bedrock;
other models of Bedrock and earlier ones of Claude refuse it. Of betas those go to InvokeModel that
Bedrock documents (\`wire/bedrock/invoke/betas.data.ts\`).

To Gemini no request goes that forbids calls side by side or has more than five stop sequences;
thinking goes to Gemini from 2.5 on, its effort to none. Of a Gemini client's
\`safetySettings\` those that switch filters off ask for nothing, all others for guardrails.

The last column is a provider package of the AI SDK: what its specification has words for. What the
package then says it has left out is treated as the table treats it: tuning is named in
\`x-sekisho-dropped\`, and without tools, a schema or stop sequences the target has failed.

| feature | what it is | OpenAI | Anthropic | Converse | InvokeModel | Gemini | AI SDK |
| ------- | ---------- | ------ | --------- | -------- | ----------- | ------ | ------ |
`;

const lineOf = (feature: string, row: CarriageRow): string => {
  const { what, ...columns } = row;
  return `| \`${feature}\` | ${what} | ${Object.values(columns).join(" | ")} |\n`;
};

/** The text of docs/carriage.md: feature × dialect of the target, for authors of clients. */
export const carriageDoc = (): string =>
  head +
  Object.entries(carriage)
    .map(([feature, row]) => lineOf(feature, row))
    .join("");
