import type { KeyWithSecret } from "@sekisho/wire/admin/keys.ts";
import type { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import type { AccessPair } from "./clients/contract-client.ts";

/** A key that may do everything, as a pair that SDKs of AWS sign with. */
export async function createPair({ server }: GatewayUnderTest): Promise<AccessPair> {
  const response = await fetch(`${server.ready.urls["admin"]}/admin/keys`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${server.ready.adminKey}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ tenant: "demo", aws: true }),
  });
  // The server's own answer, of the shape that it shares with the command line.
  const { aws } = (await response.json()) as KeyWithSecret;
  if (aws === null) throw new Error("The key has no pair");
  return aws;
}
