// Plain JavaScript that any Node can read: preloaded by the npm scripts, because an older Node
// stops at the first TypeScript file with a message that does not help.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 24 || (major === 24 && minor < 12)) {
  process.stderr.write(
    `Cannot run Sekisho on Node ${process.versions.node}: 24.12 is the least. ` +
      "`npm ci` brings Node 26; run the command through npm (`npm test`, `npm start`).\n",
  );
  process.exit(1);
}
