import { awsSdk } from "../clients/aws-sdk.ts";
import { contractOf } from "../contract-conformance.ts";

contractOf(awsSdk("h1", "sigv4"));
