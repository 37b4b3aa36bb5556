import type { ContractTarget } from "./contract-target.ts";

/** Bedrock's Converse, its requests signed. */
export const converseTarget: ContractTarget = {
  name: "bedrock.converse",
  api: "bedrock.converse",
  model: "at-converse.anthropic.claude-sonnet-4-6",
  upstreamModel: "global.anthropic.claude-sonnet-4-6",
  region: "us-west-2",
  provider: (simulatorUrl) => ({
    kind: "bedrock",
    api: "converse",
    region: "us-west-2",
    baseUrl: `${simulatorUrl}/us-west-2`,
    credentials: [
      { id: "main", sigv4: { accessKeyId: "AKIDOFTHEPROVIDER000", secretAccessKey: "its-secret" } },
    ],
  }),
};

/** Bedrock's InvokeModel with bodies of Claude's, shown a bearer token. */
export const invokeTarget: ContractTarget = {
  name: "bedrock.invoke",
  api: "bedrock.invoke",
  model: "at-invoke.anthropic.claude-sonnet-4-6",
  upstreamModel: "global.anthropic.claude-sonnet-4-6",
  region: "ap-northeast-1",
  provider: (simulatorUrl) => ({
    kind: "bedrock",
    api: "invoke",
    region: "ap-northeast-1",
    baseUrl: `${simulatorUrl}/ap-northeast-1`,
    credentials: [{ id: "main", bearer: "token-of-the-provider" }],
  }),
};
