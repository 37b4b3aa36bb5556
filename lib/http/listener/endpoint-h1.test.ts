import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { VirtualClock } from "../../time/virtual-clock.ts";
import { defaultHttpLimits } from "../limits.ts";
import { plainRefusal } from "../testing/listener-harness.ts";
import { EndpointH1 } from "./endpoint-h1.ts";
import { EndpointH2 } from "./endpoint-h2.ts";
import { Reception } from "./reception.ts";

const read = (name: string): string =>
  readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8");

const identity = { cert: read("localhost.cert.pem"), key: read("localhost.key.pem") };

for (const tls of [null, identity]) {
  test(`WIR-2 sockets are accepted without delay, ${tls === null ? "cleartext" : "TLS"}`, () => {
    const reception = new Reception({
      limits: defaultHttpLimits,
      clock: new VirtualClock(),
      answerRefusal: plainRefusal,
      handler: () => {},
    });
    const { server } = new EndpointH1({ reception, h2: new EndpointH2(reception), tls });
    assert.equal(Reflect.get(server, "noDelay"), true);
  });
}
