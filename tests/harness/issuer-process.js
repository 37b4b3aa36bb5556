import { createServer } from "node:http";
import { exportJWK, generateKeyPair } from "jose";
import { Provider } from "oidc-provider";

/** Audiences by the resource that a client asks a token for. */
const audienceOf = (resource) => new URL(resource).host;

const secret = "a-secret-of-the-test-of-32-letters";

/** Who signs in at the issuer's page, as `POST /test/account` has it. */
let account = { sub: "ann", groups: ["ops"] };

/** The issuer's page: a browser presses the button, a test follows the link. */
const page = (uid) => `<!doctype html><html lang="en"><title>Issuer</title>
<link rel="icon" href="data:,">
<h1>Sign in to the issuer</h1><a href="/interaction/${uid}/go">Continue</a>`;

async function bodyOf(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
}

/** Lets the account in, with all that was asked for. */
async function letIn(provider, request, response) {
  if (account.sub === null) {
    const result = { error: "access_denied", error_description: "not today" };
    return provider.interactionFinished(request, response, result);
  }
  const { params } = await provider.interactionDetails(request, response);
  const grant = new provider.Grant({ accountId: account.sub, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const result = {
    login: { accountId: account.sub },
    consent: { grantId: await grant.save() },
  };
  return provider.interactionFinished(request, response, result);
}

const settingsOf = (jwk) => ({
  clients: [
    {
      client_id: "test",
      client_secret: secret,
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
    },
    {
      client_id: "console",
      client_secret: secret,
      grant_types: ["authorization_code"],
      redirect_uris: ["http://127.0.0.1/admin/session/oidc/callback"],
      application_type: "native",
    },
  ],
  jwks: { keys: [jwk] },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => [],
      getResourceServerInfo: (_ctx, resource) => ({
        scope: "",
        audience: audienceOf(resource),
        accessTokenFormat: "jwt",
        accessTokenTTL: 600,
        jwt: { sign: { alg: "RS256" } },
      }),
    },
  },
  cookies: { keys: [secret] },
  claims: { openid: ["sub", "groups"] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  findAccount: (_ctx, sub) => ({
    accountId: sub,
    claims: () => ({ sub, groups: account.groups }),
  }),
  extraTokenClaims: (ctx) => JSON.parse(ctx.get("x-claims") || "{}"),
});

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
  const provider = new Provider(`http://127.0.0.1:${bound}`, settingsOf(jwk));
  const serveAll = provider.callback();
  const answer = async (request, response) => {
    const [, room, uid, step] = request.url.split("/");
    if (room === "test") {
      account = await bodyOf(request);
      response.end("{}");
    } else if (room !== "interaction") serveAll(request, response);
    else if (step === "go") await letIn(provider, request, response);
    else response.setHeader("content-type", "text/html").end(page(uid));
  };
  server.on("request", (request, response) => void answer(request, response));
  process.stdout.write(`${bound}\n`);
}

await serve(Number(process.argv[2]), process.argv[3]);
