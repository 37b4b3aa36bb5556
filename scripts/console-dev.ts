import { createServer } from "vite";

import { viteConfig } from "./console/vite-config.ts";

/**
 * `node scripts/console-dev.ts [url]`: the console from its sources, which show what was edited at
 * once, over the admin API of a gateway that runs: by default the one of `npm start`.
 */
const gateway = process.argv[2] ?? "http://127.0.0.1:8080";

const server = await createServer({ ...viteConfig, server: { proxy: { "/admin": gateway } } });
await server.listen();
server.printUrls();
