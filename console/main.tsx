import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { keptTheme, showTheme } from "./browser/preferences.ts";

const root = document.getElementById("root");
if (root === null) throw new Error("Cannot show the console: its document has no #root");
showTheme(keptTheme());
createRoot(root).render(<App />);
