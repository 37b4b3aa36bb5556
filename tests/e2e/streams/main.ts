import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { readThroughCuts } from "./cut-readers.ts";

/** `npm run streams:long`: 500 streams whose connections are reset, ended and half closed. */
await using gateway = await GatewayUnderTest.start();
const startedMs = performance.now();
const { streams, reconnections } = await readThroughCuts(gateway, 500);
const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
console.log(`${streams} streams, ${reconnections} reconnections, 0 lost, 0 doubled, ${seconds} s`);
