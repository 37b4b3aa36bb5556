import { after, test } from "node:test";
import { boto3 } from "../clients/boto3.ts";
import { Boto3Process, hasBoto3 } from "../clients/boto3-process.ts";
import { contractOf } from "../contract-conformance.ts";

if (hasBoto3()) {
  const python = new Boto3Process();
  after(() => python[Symbol.dispose]());
  contractOf([boto3(python, "bearer"), boto3(python, "sigv4")]);
} else test("boto3", { skip: "python3 has no boto3: run `npm run setup:ci`" });
