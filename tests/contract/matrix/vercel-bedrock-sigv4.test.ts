import { vercelBedrockSigned } from "../clients/vercel-ai.ts";
import { contractOf } from "../contract-conformance.ts";

contractOf(vercelBedrockSigned);
