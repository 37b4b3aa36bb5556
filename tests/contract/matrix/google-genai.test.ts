import { googleGenAi } from "../clients/google-genai.ts";
import { contractOf } from "../contract-conformance.ts";

contractOf([googleGenAi]);
