import { anthropicBedrockSdk, anthropicBedrockSdkSigned } from "../clients/anthropic-sdk.ts";
import { contractOf } from "../contract-conformance.ts";

contractOf([anthropicBedrockSdk, anthropicBedrockSdkSigned]);
