import { aiSdkTarget } from "./ai-sdk.ts";
import { anthropicTarget } from "./anthropic.ts";
import { converseTarget, invokeTarget } from "./bedrock.ts";
import type { ContractTarget } from "./contract-target.ts";
import { geminiTarget } from "./gemini.ts";
import { openaiTarget } from "./openai.ts";

/** The columns whose bytes the gateway writes and reads itself. */
export const dialectTargets: readonly ContractTarget[] = [
  openaiTarget,
  anthropicTarget,
  converseTarget,
  invokeTarget,
  geminiTarget,
];

/** The columns of the matrix. */
export const allTargets: readonly ContractTarget[] = [...dialectTargets, aiSdkTarget];
