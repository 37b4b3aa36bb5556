import type { FirstCallView } from "@sekisho/wire/admin/session.ts";

/** The three ways in, as code that can be pasted. */
export interface FirstCallCode {
  readonly curl: string;
  readonly openai: string;
  readonly aws: string;
}

/** What stands where a key is to be put by hand. */
const noKey = "sk_…";

export function firstCallCode({ baseUrl, key, model }: FirstCallView): FirstCallCode {
  const secret = key ?? noKey;
  const name = model ?? "fast";
  return {
    curl: `curl ${baseUrl}/v1/chat/completions \\
  -H "authorization: Bearer ${secret}" \\
  -H "content-type: application/json" \\
  -d '{"model": "${name}", "messages": [{"role": "user", "content": "Hello"}]}'`,
    openai: `import OpenAI from "openai";

const client = new OpenAI({
  baseURL: "${baseUrl}/v1",
  apiKey: "${secret}",
});
const answer = await client.chat.completions.create({
  model: "${name}",
  messages: [{ role: "user", content: "Hello" }],
});
console.log(answer.choices[0].message.content);`,
    aws: `import {
  BedrockRuntimeClient,
  ConverseCommand,
} from "@aws-sdk/client-bedrock-runtime";

const client = new BedrockRuntimeClient({
  endpoint: "${baseUrl}",
  region: "us-east-1",
  token: { token: "${secret}" },
  authSchemePreference: ["httpBearerAuth"],
});
const { output } = await client.send(
  new ConverseCommand({
    modelId: "${name}",
    messages: [{ role: "user", content: [{ text: "Hello" }] }],
  }),
);
console.log(output.message.content[0].text);`,
  };
}
