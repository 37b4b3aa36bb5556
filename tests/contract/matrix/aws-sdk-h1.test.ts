import { awsInvoke } from "../clients/aws-invoke.ts";
import { awsSdk } from "../clients/aws-sdk.ts";
import { contractOf } from "../contract-conformance.ts";

contractOf([awsSdk("h1", "bearer"), awsSdk("h1", "sigv4"), awsInvoke("h1", "sigv4")]);
