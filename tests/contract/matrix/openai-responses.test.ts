import { openaiResponses } from "../clients/openai-responses.ts";
import { vercelResponses } from "../clients/vercel-ai.ts";
import { contractOf } from "../contract-conformance.ts";

contractOf([openaiResponses, vercelResponses]);
