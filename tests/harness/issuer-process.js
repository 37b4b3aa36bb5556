import { createServer } from "node:http";
import { exportJWK, generateKeyPair } from "jose";
import { Provider } from "oidc-provider";

/** Audiences by the resource that a client asks a token for. */
const audienceOf = (resource) => new URL(resource).host;

/**
 * An issuer of its own process, on the port that its argument names: signs with a fresh key named
 * by the second one. Tokens have the claims that the header `x-claims` of the request says.
 */
async function serve(port, kid) {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid, use: "sig", alg: "RS256" };
  const server = createServer();
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address();
  const bound = typeof address === "object" ? address?.port : null;
  const provider = new Provider(`http://127.0.0.1:${bound}`, {
    clients: [
      {
        client_id: "test",
        client_secret: "a-secret-of-the-test-of-32-letters",
        grant_types: ["client_credentials"],
        redirect_uris: [],
        response_types: [],
      },
    ],
    jwks: { keys: [jwk] },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx, resource) => ({
          scope: "",
          audience: audienceOf(resource),
          accessTokenFormat: "jwt",
          accessTokenTTL: 600,
          jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
    extraTokenClaims: (ctx) => JSON.parse(ctx.get("x-claims")),
  });
  server.on("request", provider.callback());
  process.stdout.write(`${bound}\n`);
}

await serve(Number(process.argv[2]), process.argv[3]);
