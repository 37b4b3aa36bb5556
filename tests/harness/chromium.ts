import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

const fromMac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/** The browser of this machine: `SEKISHO_TEST_CHROMIUM`, or one in the path; null for none. */
export function findChromium(): string | null {
  const named = process.env["SEKISHO_TEST_CHROMIUM"];
  if (named !== undefined) return named;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const places = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return [...places, fromMac].find((place) => existsSync(place)) ?? null;
}

/** Why tests of pages are skipped; false where they can run. */
export const noChromium: string | false =
  findChromium() === null && "no Chromium in the path; SEKISHO_TEST_CHROMIUM names one";

export function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error("Cannot open a page: there is no Chromium");
  // Its own sandbox refuses root, which is who runs tests in a container.
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

/** What a page complained of: console errors, exceptions, requests without an answer. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") {
      complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
    }
  });
  page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
  return complaints;
}
