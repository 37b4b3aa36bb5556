import { anthropicSdk } from "../clients/anthropic-sdk.ts";
import { contractOf } from "../contract-conformance.ts";

contractOf([anthropicSdk]);
