import { awsInvoke } from "../clients/aws-invoke.ts";
import { awsSdk } from "../clients/aws-sdk.ts";
import { contractOf } from "../contract-conformance.ts";

contractOf([awsSdk("h2", "bearer"), awsSdk("h2", "sigv4"), awsInvoke("h2", "bearer")]);
