import { Failure } from "@sekisho/lib/failure/failure.ts";
import { claimsSignature } from "@sekisho/lib/signature/signature-claim.ts";
import { bearerKey, checkKey } from "../credentials.ts";
import type { Dialect } from "../dialect.ts";
import { checkSignature } from "./check-signature.ts";
import { errorFaults, refusals } from "./errors.data.ts";

/** Bedrock's runtime: signed requests or bearers, errors by the name of an exception. */
export const bedrock: Dialect = {
  name: "bedrock",
  errors: {
    faults: errorFaults,
    refusals,
    json: ({ message }) => JSON.stringify({ message }),
    headers: ({ type }) => ["x-amzn-errortype", type],
    retryMsHeader: "x-amz-retry-after",
  },
  idHeader: "x-amzn-requestid",
  requestId: (callId) => callId,
  alwaysChecks: true,
  checkCredential: (presented, credentials) => {
    if (claimsSignature(presented.header("authorization") ?? "")) {
      return checkSignature(presented, credentials);
    }
    const key = bearerKey(presented);
    if (key === "" && credentials.accessKeys !== null) {
      throw new Failure("missing_key", "Missing Authentication Token");
    }
    return checkKey(key, credentials, "The API key is not valid.");
  },
};
