import { openaiSdk } from "../clients/openai-sdk.ts";
import { contractOf } from "../contract-conformance.ts";

contractOf([openaiSdk]);
