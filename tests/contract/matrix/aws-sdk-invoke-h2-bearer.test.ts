import { awsInvoke } from "../clients/aws-invoke.ts";
import { contractOf } from "../contract-conformance.ts";

contractOf(awsInvoke("h2", "bearer"));
