import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { loaded } from "../config/loading/text-fixture.ts";
import { issuerChecks } from "./doctor-issuers.ts";

test("OPS-5 doctor says which issuer is silent, or another than the named one", async () => {
  let answer: (url: string) => unknown = () => ({});
  const server = createServer((_request, response) => {
    const said = answer(url);
    if (said === null) response.writeHead(404);
    response.end(typeof said === "string" ? said : JSON.stringify(said));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on a port
  const { config } = loaded(`admin: { oidc: { issuer: "${url}", audience: a, roles: { ops: owner },
    signIn: { clientId: console } } }`);
  const look = async () => {
    const [finding] = await issuerChecks(config);
    return `${finding?.level} ${finding?.says}`;
  };
  const place = "https://id.example/x";
  const document = {
    issuer: url,
    jwks_uri: `${url}/jwks`,
    authorization_endpoint: place,
    token_endpoint: place,
  };
  try {
    answer = () => document;
    assert.equal(await look(), `ok ${url} answers`);
    answer = () => ({ ...document, issuer: `${url}/` });
    assert.equal(await look(), `fail ${url} calls itself ${url}/`);
    answer = () => ({ ...document, token_endpoint: undefined });
    assert.equal(await look(), `fail ${url} names no safe URL as token_endpoint`);
    answer = () => ({ ...document, jwks_uri: "x", authorization_endpoint: "file:///x" });
    assert.equal(
      await look(),
      `fail ${url} names no safe URL as jwks_uri and as authorization_endpoint`,
    );
    const at = `${url}/.well-known/openid-configuration`;
    answer = () => null;
    assert.equal(await look(), `warn ${at}: it answers with status 404`);
    answer = () => "<html>";
    assert.equal(await look(), `warn ${at}: its answer is no JSON`);
    answer = () => "[]";
    assert.equal(await look(), `fail ${url} calls itself nothing`);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    assert.equal(await look(), `warn ${at}: it does not answer (ECONNREFUSED)`);
  } finally {
    server.close();
  }
});
