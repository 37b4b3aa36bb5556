import { vercelOpenai } from "../clients/vercel-ai.ts";
import { contractOf } from "../contract-conformance.ts";

contractOf(vercelOpenai);
