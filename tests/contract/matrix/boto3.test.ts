import { test } from "node:test";
import { boto3 } from "../clients/boto3.ts";
import { hasBoto3 } from "../clients/boto3-process.ts";
import { contractOf } from "../contract-conformance.ts";

if (hasBoto3()) contractOf([boto3("bearer"), boto3("sigv4")]);
else test("boto3", { skip: "python3 has no boto3: run `npm run setup:ci`" });
