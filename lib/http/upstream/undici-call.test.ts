import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

const url = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href);

for (const event of ["onHead", "onBytes", "onEnd"]) {
  test(`what a handler throws in ${event} is uncaught, not a failure of the upstream`, () => {
    const script = `
      const undici = await import(${url("undici-upstream.ts")});
      const { createServer } = await import("node:http");
      const server = createServer((_, response) => response.end("ok")).listen(0, "127.0.0.1");
      server.on("listening", () => {
        const handler = { onHead() {}, onBytes() {}, onEnd() {}, onFailure() {} };
        handler.${event} = () => { throw new Error("thrown by the handler"); };
        const origin = "http://127.0.0.1:" + server.address().port;
        const request = { origin, method: "GET", path: "/", headers: [], body: null };
        const options = undici.defaultUndiciUpstreamOptions;
        new undici.UndiciUpstream(options).dispatch(request, handler);
      });`;
    const child = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      timeout: 20_000,
    });
    assert.match(child.stderr.toString(), /thrown by the handler/);
    assert.equal(child.status, 1);
  });
}
