/**
 * The package's entry. It is plain JavaScript, so that an old Node answers with a sentence instead
 * of a syntax error: an `import` is read with all that it leads to before a line of it runs.
 */
export const packageEntry = (door: string): string => `"use strict";
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 24 || (major === 24 && minor < 12)) {
  throw new Error(
    \`Sekisho needs Node 24.12 or newer, this is \${process.version}: \` +
      "npm install node@26 in the project brings one for its npm scripts and npx",
  );
}

const door = require("${door}");

exports.createGateway = door.createGateway;
exports.SekishoError = door.SekishoError;
`;
