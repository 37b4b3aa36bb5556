import { awsInvoke } from "../clients/aws-invoke.ts";
import { contractOf } from "../contract-conformance.ts";

contractOf(awsInvoke("h1", "sigv4"));
