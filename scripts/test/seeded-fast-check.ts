import fc from "fast-check";

import { seedVariable } from "./seed.ts";

fc.configureGlobal({ seed: Number(process.env[seedVariable]) });

export * from "fast-check";
// oxlint-disable-next-line import/no-default-export -- fast-check has one
export default fc;
