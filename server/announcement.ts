import type { Embedded } from "./compose/embedded.ts";
import type { Identity } from "./compose/identity/identity.ts";

/** Says that the server serves: for people, or as one line for programs. */
export function announce(
  server: Pick<Embedded, "addresses" | "hasConsole"> & {
    readonly identity: Pick<Identity, "shown">;
  },
  to: { readonly json: boolean; readonly stdout: { write(text: string): unknown } },
): void {
  const { demoKey, adminKey } = server.identity.shown;
  const { api, admin } = server.addresses;
  const console = server.hasConsole ? `${admin}/console` : null;
  if (to.json) {
    const urls = {
      api,
      admin,
      health: `${api}/health`,
      metrics: `${admin}/metrics`,
      ...(console === null ? {} : { console }),
    };
    to.stdout.write(`${JSON.stringify({ event: "ready", urls, demoKey, adminKey })}\n`);
    return;
  }
  const lines = [
    "Sekisho serves.",
    "",
    ...(console === null ? [] : [`  Console    ${console}`]),
    `  API        ${api}/v1`,
    `  Health     ${api}/health`,
    `  Metrics    ${admin}/metrics`,
    `  Admin API  ${admin}/admin`,
    "",
    ...(demoKey === null ? [] : [`  Demo key   ${demoKey}`]),
    ...(adminKey === null ? [] : [`  Admin key  ${adminKey}`]),
    ...(demoKey === null && adminKey === null
      ? []
      : ["", "  Shown at each start until `sekisho keys rotate` makes new ones."]),
    ...(demoKey === null ? [] : ["", ...firstCall(api, demoKey)]),
  ];
  to.stdout.write(`${lines.join("\n")}\n\n`);
}

const firstCall = (api: string, key: string): string[] => [
  "  Try it:",
  `  curl ${api}/v1/chat/completions -H "authorization: Bearer ${key}" \\`,
  `    -H "content-type: application/json" \\`,
  `    -d '{"model": "fast", "messages": [{"role": "user", "content": "Hello"}]}'`,
];
