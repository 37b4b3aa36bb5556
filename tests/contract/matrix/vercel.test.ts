import {
  vercelAnthropic,
  vercelBedrock,
  vercelBedrockSigned,
  vercelOpenai,
} from "../clients/vercel-ai.ts";
import { contractOf } from "../contract-conformance.ts";

contractOf([vercelOpenai, vercelAnthropic, vercelBedrock, vercelBedrockSigned]);
