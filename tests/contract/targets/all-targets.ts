import type { ContractTarget } from "./contract-target.ts";
import { openaiTarget } from "./openai.ts";

/** The columns of the matrix. */
export const allTargets: readonly ContractTarget[] = [openaiTarget];
