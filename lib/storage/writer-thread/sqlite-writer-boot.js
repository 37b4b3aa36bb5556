// Plain JavaScript, and first of all: a thread does not share the compile cache of its process, and
// without one it loads a compiler for its few files (22 MB and 100 ms of CPU at each start).
import module from "node:module";

module.enableCompileCache();
// The thread's own module, which sqlite-writer.ts names.
await import(process.argv[2] ?? "");
