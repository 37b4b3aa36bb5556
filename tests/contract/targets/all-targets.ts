import { anthropicTarget } from "./anthropic.ts";
import { converseTarget, invokeTarget } from "./bedrock.ts";
import type { ContractTarget } from "./contract-target.ts";
import { geminiTarget } from "./gemini.ts";
import { openaiTarget } from "./openai.ts";

/** The columns of the matrix. */
export const allTargets: readonly ContractTarget[] = [
  openaiTarget,
  anthropicTarget,
  converseTarget,
  invokeTarget,
  geminiTarget,
];
