import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { describe, test } from "node:test";
import { egressRefusal } from "../egress.ts";
import type { Resolver } from "../resolver.ts";
import { ask, authority, fetchOf, refusalOf } from "../testing/fetch-harness.ts";
import { until } from "../testing/patience.ts";
import { RawPeer } from "../testing/raw-peer.ts";

const portOf = (server: Server): number =>
  // A server that listens on TCP has an address of this form.
  (server.address() as AddressInfo).port;

async function listening<S extends Server>(server: S): Promise<S & AsyncDisposable> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const counting = (server: HttpServer): { requests: number } => {
  const seen = { requests: 0 };
  server.on("request", () => (seen.requests += 1));
  return seen;
};

describe("SEC-6 the address that was checked is the one that is called", () => {
  /** Nobody listens at the first answer; at every other the server does. */
  const rebinding = () => {
    const asked: string[] = [];
    const resolver: Resolver = {
      lookup: async (hostname) => {
        asked.push(hostname);
        return asked.length === 1 ? ["127.0.0.2"] : ["127.0.0.1"];
      },
    };
    return { asked, resolver };
  };

  test("a name that changes its address is asked once", async () => {
    await using server = await listening(createHttpServer((_, response) => response.end("in")));
    const seen = counting(server);
    const { asked, resolver } = rebinding();
    // Listed, so that addresses and port of the loopback may be used.
    const url = `http://img.example.com:${portOf(server)}/`;
    const allow = [`img.example.com:${portOf(server)}`];
    const first = await until(fetchOf({ allow, resolver }).fetch(url, ask()));
    assert.equal(first.ok, false);
    assert.deepEqual(asked, ["img.example.com"]);
    assert.equal(seen.requests, 0);
  });

  test("at its next question it is looked at again", async () => {
    const { resolver } = rebinding();
    await resolver.lookup("img.example.com", new AbortController().signal);
    const outcome = await until(fetchOf({ resolver }).fetch("https://img.example.com/", ask()));
    assert.deepEqual(
      outcome,
      egressRefusal("not_allowed", "its host is not allowed, or has no public address"),
    );
  });

  test("a name is called at its address, and its own name goes along", async () => {
    await using server = await listening(
      createHttpServer((request, response) => response.end(request.headers.host)),
    );
    const name = `img.example.com:${portOf(server)}`;
    const resolver: Resolver = { lookup: async () => ["127.0.0.1"] };
    const outcome = await until(
      fetchOf({ allow: [name], resolver }).fetch(`http://${name}/`, ask()),
    );
    assert.equal(outcome.ok && outcome.bytes.toString(), name);
  });

  test("an address that takes no connection gives way to the next", async () => {
    await using server = await listening(createHttpServer((_, response) => response.end("ok")));
    const name = `img.example.com:${portOf(server)}`;
    const resolver: Resolver = { lookup: async () => ["127.0.0.2", "::1", "127.0.0.1"] };
    const outcome = await until(
      fetchOf({ allow: [name], resolver }).fetch(`http://${name}/`, ask()),
    );
    assert.equal(outcome.ok && outcome.bytes.toString(), "ok");
  });

  test("a redirect to a private address is not followed", async () => {
    await using inside = await listening(createHttpServer((_, response) => response.end("in")));
    const seen = counting(inside);
    await using outside = await listening(
      createHttpServer((_, response) => {
        response.writeHead(307, { location: `http://127.0.0.1:${portOf(inside)}/` }).end();
      }),
    );
    const host = `127.0.0.1:${portOf(outside)}`;
    const allow = [host, `127.0.0.1:${portOf(inside)}`];
    const outcome = await until(fetchOf({ allow }).fetch(`http://${host}/`, ask()));
    assert.equal(refusalOf(outcome).code, "bad_answer");
    assert.equal(seen.requests, 0);
  });

  test("nobody there", async () => {
    const server = await listening(createHttpServer());
    const host = `127.0.0.1:${portOf(server)}`;
    await server[Symbol.asyncDispose]();
    const outcome = await until(fetchOf({ allow: [host] }).fetch(`http://${host}/`, ask()));
    assert.deepEqual(outcome, egressRefusal("unreachable", "its server could not be reached"));
  });
});

describe("SEC-6 TLS", () => {
  const read = (name: string): string =>
    readFileSync(new URL(`../fixtures/localhost.${name}.pem`, import.meta.url), "utf8");
  const ca = read("cert");

  const serve = (servernames: (string | false | undefined)[]) =>
    listening(
      createTlsServer({ key: read("key"), cert: ca }, (request, response) => {
        // Requests of a TLS server arrive on sockets of TLS.
        servernames.push((request.socket as unknown as { servername?: string }).servername);
        response.end("ok");
      }),
    );

  const resolver: Resolver = { lookup: async () => ["127.0.0.1"] };

  test("the name is proven, though an address was called", async () => {
    const servernames: (string | false | undefined)[] = [];
    await using server = await serve(servernames);
    const name = `localhost:${portOf(server)}`;
    const fetch = fetchOf({ allow: [name], resolver, options: { ca } });
    const outcome = await until(fetch.fetch(`https://${name}/`, ask()));
    assert.equal(outcome.ok && outcome.bytes.toString(), "ok");
    assert.deepEqual(servernames, ["localhost"]);
  });

  test("a certificate of another name is refused", async () => {
    await using server = await serve([]);
    const name = `img.example.com:${portOf(server)}`;
    const fetch = fetchOf({ allow: [name], resolver, options: { ca } });
    const outcome = await until(fetch.fetch(`https://${name}/`, ask()));
    assert.deepEqual(outcome, egressRefusal("unreachable", "its server could not be reached"));
  });

  test("a certificate that nobody vouches for is refused", async () => {
    await using server = await serve([]);
    const name = `localhost:${portOf(server)}`;
    const outcome = await until(
      fetchOf({ allow: [name], resolver }).fetch(`https://${name}/`, ask()),
    );
    assert.equal(refusalOf(outcome).code, "unreachable");
  });

  test("a handshake that never ends", async () => {
    const peer = await RawPeer.listen();
    const options = { connectTimeoutMs: 50 };
    const fetch = fetchOf({ allow: [authority(peer)], options });
    const outcome = await until(fetch.fetch(`https://${authority(peer)}/`, ask()));
    const fault = "its server did not take the connection in time";
    assert.deepEqual(outcome, egressRefusal("timeout", fault));
    await peer.close();
  });

  test("a server without TLS is refused", async () => {
    await using server = await listening(createHttpServer((_, response) => response.end("ok")));
    const name = `127.0.0.1:${portOf(server)}`;
    const outcome = await until(fetchOf({ allow: [name] }).fetch(`https://${name}/`, ask()));
    assert.equal(refusalOf(outcome).code, "unreachable");
  });
});
